# Everything happens in .venv, made from requirements.lock (versions and hashes).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help setup run test check perf format lock clean

help:
	@echo "make run     start Foviz (without a display: tell the first lesson here)"
	@echo "make test    run the tests"
	@echo "make check   lint, types, import contracts, spelling"
	@echo "make perf    measure, beside the budgets; writes build/perf.json"
	@echo "make setup   only make the environment"

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Foviz needs Python 3.11 or later; set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "Python lacks venv; on Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

setup: $(STAMP)
	@.ci/system-packages window

run: setup
	@$(BIN)/foviz $(LESSON)

test: $(STAMP)
	@.ci/system-packages window test
	@QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -q -n auto --dist loadfile $(TESTS)

check: $(STAMP)
	@.ci/system-packages window
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/typos

perf: setup
	@QT_QPA_PLATFORM=offscreen $(BIN)/python tests/perf/run.py $(ONLY)

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Needs uv on the path; the lock names versions and hashes, never an index.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --extra dev pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .hypothesis
