"""What the tests share: ``row`` hands a test every optimizer in turn."""

import matplotlib
import pytest
from hypothesis import settings

from tests.optimizers_table import TABLE, Row

matplotlib.use("Agg")
settings.register_profile("adamlearn", deadline=None, max_examples=50)
settings.load_profile("adamlearn")


@pytest.fixture(scope="module", params=TABLE, ids=lambda row: row.name)
def row(request: pytest.FixtureRequest) -> Row:
    return request.param
