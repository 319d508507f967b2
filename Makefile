# The two commands that matter: `make run` and `make test`. Needed: git, make, Python 3.11 to 3.14.

VENV   := .venv
PY     := $(VENV)/bin/python
BATON  := $(VENV)/bin/baton
PIP    := $(PY) -m pip --disable-pip-version-check
# Wheels only: a source distribution would fetch and run a build that no lock knows. The lock is complete, so nothing
# is resolved: older pips look past it for the newest version of a package that is wanted with an extra, and fail.
LOCKED := $(PIP) install --quiet --require-hashes --no-deps --only-binary :all: --requirement
# The project itself: without dependencies (the lock brought them) and built by the locked hatchling.
SELF   := $(PIP) install --quiet --no-deps --no-build-isolation --editable .
UV_COMPILE := .venv-lock/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

TEST_ARGS  ?=
BENCH_ARGS ?=

FUZZ_SECONDS ?= 600
FUZZ_ARGS  ?=

# Every server and worker would compile Baton's modules anew at its start: twice the processor time.
unexport PYTHONDONTWRITEBYTECODE

# Built again when one of its sources changed; without it the pages work, and lack diagrams.
FRONT   := $(shell find app/web/front -type f -not -path '*/node_modules/*' 2>/dev/null)
ISLANDS := app/web/static/islands/stamp.txt

.PHONY: run front browser screenshots fuzz test lint format types bench lock upgrade-lock clean help

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*##/  make \1\t/p' Makefile

run: var/.filled $(ISLANDS)  ## set up, migrate, fill in the examples, serve on 127.0.0.1:8080
	@exec $(BATON) serve --handlers baton.examples.handlers

test: $(VENV)/.installed-test $(ISLANDS)  ## set up what the tests need and run all of them; TEST_ARGS="-n 0": one after the other
	@if [ "$$CI" = true ]; then $(PY) -m tests.browser.chromium --install || true; fi
	@$(PY) -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(TEST_ARGS)

front: $(ISLANDS)  ## build what the pages show diagrams with, if it is not there

browser: $(VENV)/.installed-test  ## find a Chromium for the tests in the browser, or install one
	@$(PY) -m tests.browser.chromium --install

lint: $(VENV)/.installed-test  ## ruff: rules and format
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

format: $(VENV)/.installed-test  ## ruff: mend what it can
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

types: $(VENV)/.installed-test  ## mypy, strict
	@$(PY) -m mypy

bench: $(VENV)/.installed-test  ## the measured figures: a table and tests/benchmarks/results.json
	@$(PY) -m tests.benchmarks $(BENCH_ARGS)

screenshots: $(VENV)/.installed-test $(ISLANDS)  ## pictures of every page, light and dark, into docs/screenshots
	@$(PY) -m tests.browser.screenshots

fuzz: $(VENV)/.installed-fuzz  ## random input, guided by coverage, for every reader: FUZZ_SECONDS each, FUZZ_ARGS=feel for one
	@$(PY) -m tests.fuzz --seconds $(FUZZ_SECONDS) $(FUZZ_ARGS)

lock: .venv-lock/bin/uv  ## write the lock files again after a change of pyproject.toml
	@$(UV_COMPILE) --extra postgresql --group build --output-file requirements.lock
	@$(UV_COMPILE) --extra postgresql --group test --constraint requirements.lock --output-file requirements-test.lock
	@$(UV_COMPILE) --extra postgresql --group fuzz --constraint requirements-test.lock --output-file requirements-fuzz.lock

upgrade-lock: UV_COMPILE += --upgrade
upgrade-lock: lock  ## the same, with the newest versions

clean:  ## remove what make made; the database in var/ stays
	rm -rf $(VENV) .venv-lock .editable .browser app/web/front/node_modules app/web/static/islands .fuzz .pytest_cache .mypy_cache .ruff_cache .hypothesis .test-results build dist

# --- set-up, each step once -----------------------------------------------------------------------

$(VENV)/.installed: requirements.lock pyproject.toml hatch_build.py | $(PY)
	@echo "Installing Baton (about a minute, once) ..."
	@$(LOCKED) requirements.lock
	@$(SELF)
	@touch $@

# The installation has built it as a rule; then this costs one look at the digest of the sources.
$(ISLANDS): $(FRONT) hatch_build.py | $(VENV)/.installed
	@$(PY) hatch_build.py
	@test ! -e $@ || touch $@

# `baton serve` migrates too; a start with nothing new goes straight there. Without the stamp's database, or with
# another one, the stamp says nothing.
ifneq ($(BATON_DATABASE_URL),)
.PHONY: var/.filled
else ifeq ($(wildcard var/baton.db),)
.PHONY: var/.filled
endif
var/.filled: $(VENV)/.installed $(wildcard examples/*.bpmn examples/*.form models/migrations/versions/*.py)
	@$(BATON) db upgrade
	@$(BATON) demo
	@mkdir -p var && touch $@

$(VENV)/.installed-test: requirements-test.lock $(VENV)/.installed
	@echo "Installing what the tests need ..."
	@$(LOCKED) requirements-test.lock
	@touch $@

$(VENV)/.installed-fuzz: requirements-fuzz.lock $(VENV)/.installed-test
	@echo "Installing what fuzzing needs ..."
	@$(LOCKED) requirements-fuzz.lock && touch $@ || \
		echo "atheris has no wheel for this Python and machine (see the lines above): going on without its guidance." >&2

$(PY):
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
		if command -v $$python >/dev/null 2>&1 && $$python -c \
			'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then \
			exec $$python -m venv --clear $(VENV); \
		fi; \
	done; \
	echo "Baton needs Python 3.11 to 3.14 with the modules venv and ensurepip, and found none on PATH." >&2; \
	echo "Install one (Debian, Ubuntu: apt install python3 python3-venv), or name yours: make run PYTHON=/path/to/python3" >&2; \
	exit 1

.venv-lock/bin/uv: | $(PY)
	@$(PY) -m venv .venv-lock
	@.venv-lock/bin/python -m pip --disable-pip-version-check install --quiet uv
