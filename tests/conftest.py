"""What the tests share: ``row`` hands a test every optimizer in turn; a browser, and pages opened in it."""

from functools import cache

import matplotlib
import pytest
from hypothesis import settings

from tests.browser import chromium
from tests.explorable_pages import opener
from tests.optimizers_table import TABLE, Row

matplotlib.use("Agg")
settings.register_profile("adamlearn", deadline=None, max_examples=50)
settings.load_profile("adamlearn")


@pytest.fixture(scope="module", params=TABLE, ids=lambda row: row.name)
def row(request: pytest.FixtureRequest) -> Row:
    return request.param


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def open_page(browser, site):
    """Opens a page of the module's own ``site``."""
    with opener(browser, site) as open_it:
        yield open_it


@pytest.fixture(scope="module")
def kept_page(browser, site):
    """Opens a page once, for all tests of a module that set whatever they look at."""
    with opener(browser, site) as open_it:
        yield cache(open_it)
