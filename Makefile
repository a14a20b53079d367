# jiebang. `make` alone lists the targets.
# Every target is safe to repeat: what is up to date is not done again.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
VENDOR := src/jiebang/web/static/vendor
POS    := $(wildcard locales/*/LC_MESSAGES/*.po)
INI    ?= development.ini

# Node may live in the virtual environment (from PyPI) where the machine has none.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

##@ Use
.PHONY: help setup run

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.package $(VENDOR)/.copied $(POS:.po=.mo) ## Build all that a site and its checks need, then stop

run: setup ## Serve the site on http://127.0.0.1:6543
	$(BIN)/jiebang serve $(INI)

##@ Check
.PHONY: test lint types imports unit functional browser faults chromium fuzz bench

test: lint types imports unit functional browser faults ## All checks, in this order; a quarter of an hour on 2 cores

lint: setup ## Style and layout of the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup ## Types
	$(BIN)/mypy

imports: setup ## The import contracts of setup.cfg
	$(BIN)/lint-imports --no-logo

unit: setup ## Unit tests, the catalogs and the repository among them; a little of the fuzz
	$(BIN)/pytest -q -n 2 --dist loadfile tests/unit tests/fuzz

functional: setup ## The whole story over HTTP, on every storage
	$(BIN)/pytest -q -n 2 --dist loadfile tests/functional

browser: setup chromium ## The whole story in a real Chromium
	$(BIN)/pytest -q -n 2 tests/browser

faults: setup ## Crashes, races and hostile uploads
	$(BIN)/pytest -q tests/faults

chromium: setup
	@$(BIN)/python -m tests.browser.chromium

fuzz: setup ## Every reader of a policy says the same, on 100,000 random pairs of policy and case
	JIEBANG_FUZZ_PAIRS=$${JIEBANG_FUZZ_PAIRS:-100000} $(BIN)/pytest -q tests/fuzz

bench: setup ## Side by side with a peer; writes bench/results.json
	$(BIN)/python -m bench

##@ Keep
.PHONY: format translations lock clean

format: setup ## Lay out the code as `make lint` wants it
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

translations: setup ## Bring locales/ up to date; WORDS="a.po b.po" fills in translations from there
	$(BIN)/python tools/translations.py $(WORDS)
	@$(MAKE) --no-print-directory setup

lock: $(BIN)/python ## Lock requirements/*.in and package.json again
	$(BIN)/pip install --quiet uv
	cd requirements && for name in runtime dev node; do \
	  $(CURDIR)/$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-header --output-file $$name.txt $$name.in || exit 1; \
	done
	npm install --package-lock-only

clean: ## Remove all that `make` built; a site's data in var/ stays
	rm -rf $(VENV) node_modules $(VENDOR) build dist .mypy_cache .ruff_cache .pytest_cache \
	  .import_linter_cache .hypothesis src/*.egg-info tests/browser/screenshots
	find locales -name '*.mo' -delete
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What the targets are made of. A stamp file says when a step was last done.

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'jiebang needs CPython 3.11 or later: make PYTHON=/path/to/python3.11'; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.requirements: requirements/runtime.txt requirements/dev.txt | $(BIN)/python
	$(BIN)/pip install --quiet --require-hashes -r requirements/runtime.txt -r requirements/dev.txt
	@touch $@

$(VENV)/.package: $(VENV)/.requirements pyproject.toml setup.cfg
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# html-validate asks for Node 20.19; an older one, or none, gives way to the one from PyPI.
NEW_ENOUGH := 'const [a, b] = process.versions.node.split("."); process.exit(+(a < 20 || a == 20 && b < 19))'

$(VENV)/.node: requirements/node.txt | $(BIN)/python
	@npm --version >/dev/null 2>&1 && node -e $(NEW_ENOUGH) || \
	  $(BIN)/pip install --quiet --require-hashes -r requirements/node.txt
	@touch $@

node_modules/.installed: package.json package-lock.json .npmrc | $(VENV)/.node
	npm ci --silent --no-progress
	@touch $@

$(VENDOR)/.copied: node_modules/.installed requirements/runtime.txt | $(VENV)/.package
	@mkdir -p $(VENDOR)
	cp node_modules/bootstrap/dist/css/bootstrap.min.css node_modules/htmx.org/dist/htmx.min.js \
	  node_modules/tom-select/dist/js/tom-select.base.min.js \
	  node_modules/tom-select/dist/css/tom-select.bootstrap5.min.css $(VENDOR)/
	$(BIN)/python -W ignore -c 'import json; from jiebang.forms.kinds.divisions import in_use; \
	  print(json.dumps(in_use(), ensure_ascii=False))' > $(VENDOR)/divisions.json
	@touch $@

%.mo: %.po | $(VENV)/.requirements
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
