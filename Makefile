# The book's commands. All of them set up what they need in .venv first.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
MODULES := book/assets/node_modules
ASSETS := $(MODULES)/.installed
SCRIPTS := adamlearn/explorables

# Notebooks run side by side here, and the threads of one matrix product would wait for those of another.
export OPENBLAS_NUM_THREADS := 1

.PHONY: help book notebooks serve pdf test package-tests book-beside refresh bench frameworks lint links release widgets wheel constraints clean
.DELETE_ON_ERROR:

help:  ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile

# A page with a warning must not count as read: without its doctrees it is read again next time.
book: $(ASSETS) widgets  ## build the HTML book, warnings as errors
	@$(BIN)/jupyter-book build . -W --keep-going -n || { rm -rf _build/.doctrees; exit 1; }
	@$(MAKE) --no-print-directory notebooks wheel
	@rm -rf _build/html/notebooks && cp -r _build/notebooks/solutions _build/html/notebooks
	@cp _build/dist/*.whl _build/html/notebooks
	@echo "The book is in $(CURDIR)/_build/html; 'make serve' shows it."

notebooks: $(ASSETS) widgets  ## write the notebooks that readers open, with solutions and with exercises only
	@$(BIN)/jupyter-book build . -W --keep-going -n --builder custom --custom-builder notebooks \
		|| { rm -rf _build/.doctrees; exit 1; }

serve: book  ## build the book and serve it on http://localhost:8000
	$(BIN)/python -m http.server --bind localhost --directory _build/html 8000

pdf: book  ## print the book into _build/adamlearn.pdf (needs Chromium)
	PYTHONPATH=book $(BIN)/python -m tools.print_book

test: lint widgets  ## run everything: package, notebooks, book, pages
	$(BIN)/node --test 'tests/javascript/**/*.test.js'
	PYTHONPATH=book $(BIN)/pytest -p tools.keep_runs --nbval book -n auto --dist loadfile
	$(MAKE) --no-print-directory -j 2 package-tests book-beside
	$(BIN)/pytest -n auto tests/test_pages*.py

# A build is busy on one core and the tests of the package wait now and then: they run side by side.
package-tests: $(INSTALLED)
	$(BIN)/pytest -n auto --ignore-glob 'tests/test_pages*'

book-beside:  # what it says comes in one piece
	@mkdir -p _build
	@$(MAKE) --no-print-directory book > _build/book.txt 2>&1; made=$$?; cat _build/book.txt; exit $$made

refresh: widgets  ## run the notebooks and write their outputs back
	$(BIN)/python book/tools/refresh.py

bench: book  ## measure speed against the frameworks (installs torch), and that of the explorables
	$(BIN)/python -m pip install --quiet --editable '.[bench]'
	PYTHONPATH=book $(BIN)/python -m measuring.bench
	PYTHONPATH=book:. $(BIN)/python -m tests.bench_explorables

frameworks: $(INSTALLED)  ## compare with PyTorch, Optax, Keras and others, line by line (installs them)
	$(BIN)/python -m pip install --quiet --editable '.[frameworks]'
	$(BIN)/pytest tests/test_frameworks.py tests/test_conventions.py

lint: $(ASSETS) widgets  ## style, types, spelling, workflows
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/codespell
	$(BIN)/actionlint
	$(BIN)/node $(MODULES)/eslint/bin/eslint.js --config book/assets/eslint.config.mjs \
		$(SCRIPTS) tests/javascript book/_static 'book/assets/**/*.mjs'
	$(BIN)/node $(MODULES)/typescript/bin/tsc -p book/assets/tsconfig.json

links: $(ASSETS) widgets  ## check the links to other hosts, and list them in _build/links/_build/html/output.txt
	$(BIN)/jupyter-book build . --builder linkcheck --path-output _build/links -W --keep-going -n

release: wheel notebooks pdf  ## make the files of a release in _build/release: make release TAG=v0.1.0
	.ci/release $(TAG)

widgets: $(INSTALLED)  ## bundle the explorables' scripts, as pip does
	@$(BIN)/python -m hatchling build --target wheel --hooks-only

wheel: $(INSTALLED)  ## build the sdist and the wheel into _build/dist
	@rm -rf _build/dist
	$(BIN)/python -m build --no-isolation --outdir _build/dist

constraints: $(INSTALLED)  ## write the newest versions, with hashes, into constraints.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --extra book --extra test \
		--generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make constraints" \
		--output-file constraints.txt pyproject.toml

clean:  ## remove what was built (not .venv)
	rm -rf _build $(MODULES) $(SCRIPTS)/node_modules $(SCRIPTS)/built

# With CONSTRAINED=1 exactly the versions of constraints.txt, held to their hashes.
$(INSTALLED): pyproject.toml $(if $(CONSTRAINED),constraints.txt)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=...")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(if $(CONSTRAINED),$(BIN)/python -m pip install --quiet --require-hashes --requirement constraints.txt)
	$(BIN)/python -m pip install --quiet --editable '.[book,test]' $(if $(CONSTRAINED),--no-build-isolation)
	touch $@

$(ASSETS): book/assets/package.json book/assets/package-lock.json | $(INSTALLED)
	$(BIN)/npm ci --prefix book/assets --ignore-scripts --no-audit --no-fund
	touch $@
