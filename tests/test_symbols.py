"""The table of symbols: each symbol once, and no letter on a page that the tables do not have."""

import re

import pytest

from tests.book_pages import prose

COMMON, LOCAL = prose("book/symbols").split("(symbols-local)=")
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$]+?)\$", re.S)
LETTER = re.compile(r"\\(?:hat|bar|tilde|mathcal)\s*\{?\\?[A-Za-z]+\}?|\\[A-Za-z]+|[A-Za-z]")
GREEK = {
    rf"\\{name}"
    for name in (
        "alpha beta gamma delta epsilon varepsilon zeta eta theta kappa lambda mu nu xi rho sigma tau phi"
        " varphi chi psi omega ell Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"
    ).split()
}
FREE = {"i", "j", "e", "E", "O"}  # indices, 2.718..., expectation, an order


def letters(text):
    """The letters of the formulas in a text, without the names of functions and environments."""
    found = set()
    for match in FORMULA.finditer(text):
        formula = re.sub(
            r"\\(text|operatorname|mathrm|begin|end|label)\s*\{[^}]*\}", "", match[1] or match[2]
        )
        for letter in LETTER.findall(formula):
            plain = re.sub(r"\\(?:hat|bar|tilde|mathcal)|[{}\s]", "", letter)
            if plain in GREEK or len(plain) == 1:
                found.add(plain)
    return found - FREE


HEADS = [re.findall(r"\$([^$]+)\$", row) for row in re.findall(r"^\| (\$.+?\$) \| ", COMMON, re.M)]
PAGES = dict(re.findall(r"^\| \[\]\(([\w-]+)\.ipynb\) \| (.*) \|$", LOCAL, re.M))


def test_each_symbol_stands_once():
    names = [re.split(r"\s*(?:=|\\in)", symbol)[0].replace("_t", "") for head in HEADS for symbol in head]
    assert len(names) > 50
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_uses_no_letter_that_is_not_listed(page):
    listed = letters(" ".join(f"${symbol}$" for head in HEADS for symbol in head)) | letters(PAGES[page])
    assert sorted(letters(prose(f"book/{page}")) - listed) == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_uses_the_letters_that_are_listed_for_it(page):
    assert sorted(letters(re.sub(r" is \$[^$]*\$", "", PAGES[page])) - letters(prose(f"book/{page}"))) == []
