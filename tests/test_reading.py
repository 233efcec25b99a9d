"""The rules as text: how little sets a variant apart from Adam, and how the book shows it."""

import inspect

import pytest

from adamlearn import rules
from adamlearn.reading import difference, source

VARIANTS = [rules.adamw, rules.amsgrad, rules.radam, rules.adabelief]


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda rule: rule.__name__)
def test_a_variant_differs_from_adam_in_at_most_four_lines(variant):
    lines = difference(variant, rules.adam).text.splitlines()
    added, removed = ([line for line in lines if line.startswith(sign)] for sign in "+-")
    assert 2 <= len(added) <= 4  # its name, and what it is about
    assert 1 <= len(removed) <= 4


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda rule: rule.__name__)
def test_difference_holds_every_line_of_both(variant):
    lines = difference(variant, rules.adam).text.splitlines()
    assert [line[1:] for line in lines if line[0] in " +"] == inspect.getsource(variant).splitlines()
    assert [line[1:] for line in lines if line[0] in " -"] == inspect.getsource(rules.adam).splitlines()


def test_source_is_the_text_in_the_file():
    listing = source(rules.radam, rules.rectifier)
    assert listing.text in inspect.getsource(rules)
    assert repr(listing) == listing.text
    assert listing._repr_markdown_() == f"```python\n{listing.text}\n```"
    assert difference(rules.adamw, rules.adam)._repr_markdown_().startswith("```diff\n-def adam(")
