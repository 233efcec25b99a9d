# The book's commands. All of them set up what they need in .venv first.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
ASSETS := book/assets/node_modules/.installed

.PHONY: help book serve test refresh lint clean
.DELETE_ON_ERROR:

help:  ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile

# A page with a warning must not count as read: without its doctrees it is read again next time.
book: $(INSTALLED) $(ASSETS)  ## build the HTML book, warnings as errors
	@$(BIN)/jupyter-book build . -W --keep-going -n || { rm -rf _build/.doctrees; exit 1; }
	@echo "The book is in $(CURDIR)/_build/html; 'make serve' shows it."

serve: book  ## build the book and serve it on http://localhost:8000
	$(BIN)/python -m http.server --bind localhost --directory _build/html 8000

test: lint $(ASSETS)  ## run everything: package, notebooks, book, pages
	$(BIN)/pytest -n auto --ignore tests/test_pages.py
	$(BIN)/pytest --nbval book -n auto --dist loadfile
	$(MAKE) book
	$(BIN)/pytest tests/test_pages.py

refresh: $(INSTALLED)  ## run the notebooks and write their outputs back
	$(BIN)/python book/refresh.py

lint: $(INSTALLED)  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

clean:  ## remove what was built (not .venv)
	rm -rf _build book/assets/node_modules

$(INSTALLED): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=...")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[widgets,fast,book,test]'
	touch $@

$(ASSETS): book/assets/package.json book/assets/package-lock.json | $(INSTALLED)
	$(BIN)/npm ci --prefix book/assets --ignore-scripts --no-audit --no-fund
	touch $@
