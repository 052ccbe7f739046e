# The two commands are `make run` and `make test`; both do all of their own set-up.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py

.DEFAULT_GOAL := help
.PHONY: help run engine test check setup setup-test link lock nightly bench clean

help:  ## Show this list
	@grep -E '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: setup  ## Set up, then run the portal, the avatar engine and the worker
	@$(MANAGE) runportal

engine: $(VENV)/.installed  ## Run the avatar engine alone, with a page to try it
	@$(BIN)/python -m streaming.engine --demo

setup: $(VENV)/.installed  ## Environment, migrations, static files, example data
	@$(MANAGE) prepare

test: setup setup-test  ## Set up, then run the tests
	@$(BIN)/pytest -n 2 --dist loadfile

check: setup-test  ## Format, lint, settings, migrations, types and tests; SKIP=tests leaves out a step
	@$(MANAGE) verify $(if $(SKIP),--skip $(SKIP))

link: setup  ## Print another one-time sign-in link
	@$(MANAGE) signin_link

nightly: setup-test  ## Run the long sweeps: every page of the admin, each codec and size, seats on SQLite, thousands of random lives of sessions, a thousand streams, an hour of lips
	@$(BIN)/pytest -m nightly --timeout=1200
	@$(BIN)/pytest --hypothesis-profile=nightly --timeout=7200 tests/streaming/test_life.py tests/streaming/engine/test_cycles.py tests/streaming/engine/test_fuzz.py tests/streaming/engine/test_onslaught.py
	@$(BIN)/python -m tests.benchmarks.engine_lips --seconds 570 --sessions 6

bench: setup-test  ## Print the benchmarks
	@for file in tests/benchmarks/[a-z]*.py; do $(BIN)/python -m $$(echo $${file%.py} | tr / .) || exit 1; done

setup-test: $(VENV)/.installed-test  ## What the tests need on top
	@tests/setup_packages.sh

$(VENV)/.installed: requirements.lock
	@PYTHON="$(PYTHON)" config/make_venv.sh $(VENV)
	@echo "Installing what Greenroom needs …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed tests/requirements.lock
	@echo "Installing what the tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements.lock
	@touch $@

lock:  ## Compile the lock files anew from pyproject.toml
	uv pip compile --quiet --universal --generate-hashes --no-header --upgrade --extra scale pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --extra scale --extra dev pyproject.toml -c requirements.lock -o tests/requirements.lock

clean:  ## Remove the environment and caches; the data in .greenroom stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
