"""What the page on differing conventions says, where the libraries are installed: `make frameworks`."""

import importlib
import json
import os

import pytest
from measuring import convention_rules
from measuring.conventions import DATA, ours, quotients, read_conventions, theirs_to_library, usual_to_theirs
from measuring.frameworks import SAME

CONVENTIONS = read_conventions()
WRITTEN = json.loads((DATA / "conventions.json").read_text(encoding="utf-8"))


def test_each_was_run_or_read():
    assert all(bool(convention.call) != bool(convention.commit) for convention in CONVENTIONS)
    assert len({convention.name for convention in CONVENTIONS}) == len(CONVENTIONS)
    assert list(WRITTEN["apart"]) == [convention.name for convention in CONVENTIONS]
    assert WRITTEN["versions"].keys() == {convention.library for convention in CONVENTIONS if convention.call}


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda convention: convention.name)
def test_apart_as_written(convention):
    """What the table says of the two rules; no library is needed for it."""
    shares, said = usual_to_theirs(convention), WRITTEN["apart"][convention.name]
    assert shares.max() == pytest.approx(said["most"], rel=0.1, abs=SAME)
    assert shares[-1] == pytest.approx(said["end"], rel=0.1, abs=SAME)


@pytest.mark.parametrize("convention", [c for c in CONVENTIONS if c.call], ids=lambda c: c.name)
def test_rule_does_what_the_library_does(convention):
    os.environ.setdefault("KERAS_BACKEND", "jax")  # read when Keras is imported
    try:
        importlib.import_module(convention.module)
    except (ImportError, RuntimeError) as error:  # torchvision, which timm imports, wants its own PyTorch
        pytest.skip(f"{convention.library}: {error}; `make frameworks` installs it")
    assert theirs_to_library(convention).max() < convention.within


def test_rules_are_used():
    """Each of them by an entry, or by another rule."""
    named = {rule.partition("(")[0] for c in CONVENTIONS for rule in (c.usual, c.theirs)}
    there = {name for name, value in vars(convention_rules).items() if callable(value)}
    assert there - named == {"rms", "orthogonalized"}


def test_schedule_free_without_warmup_or_decay():
    """There the three libraries agree."""
    (some, *_) = (c for c in CONVENTIONS if c.optimizer == "Schedule-Free AdamW")
    for other in ("optax_schedule_free()", "keras_schedule_free()"):
        assert quotients(some, ours(some, "schedule_free()"), ours(some, other)).max() < SAME


def test_norms_where_the_page_says_so():
    by_norm = {c.optimizer for c in CONVENTIONS if c.dense}
    assert by_norm == {"Schedule-Free AdamW", "MARS", "Muon", "Adafactor", "Lion"}
    assert [c.library for c in CONVENTIONS if c.dense and c.optimizer == "Lion"] == ["optax"]
