"""The rules as text: how little sets a variant apart from Adam, and how the book shows it."""

import inspect

import pytest

from adamlearn import rules
from adamlearn.reading import difference, source

VARIANTS = [rules.adamw, rules.amsgrad, rules.radam, rules.adabelief]
SINCE = [rules.nadam, rules.adamax, rules.lion, rules.adopt, rules.ademamix]


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda rule: rule.__name__)
def test_a_variant_differs_from_adam_in_at_most_three_lines_of_its_body(variant):
    lines = difference(variant, rules.adam).text.splitlines()
    body = [line for line in lines if line[1:5] == "    " and line[5] != " "]
    added, removed = ([line for line in body if line.startswith(sign)] for sign in "+-")
    assert 1 <= len(added) <= 3
    assert len(removed) <= 3


@pytest.mark.parametrize("variant", VARIANTS + SINCE, ids=lambda rule: rule.__name__)
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
