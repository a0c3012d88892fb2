# make run    sets everything up, plays the campaign in front of you and shows its pages; nothing
#             leaves
# make test   all tests
# make quick  the quick tests: those of networks and pages (they talk to servers), those marked
#             `process` (they start another process, or build the wheel), `alone` (they need one of
#             their own) and `slow` (they take long)
#             are left out, and what is played in every language is played in English only
# make lint   style, types, floors
# make fix    mends of style what can be mended by itself
# make shape  the figures of docs/design.md; `make shape OF=../other/bot` those of another tree
# make docs   docs/networks.md anew, from what the networks say of themselves
# make bench  the measurements of benchmarks/README.md
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := run
.PHONY: run test quick lint fix shape docs bench clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TESTED := $(VENV)/.tested
PEERS := benchmarks/.venv

define install
@set -o pipefail; $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off -c constraints.txt -e '$(1)' \
  | awk '/^Collecting/ { printf "\r  %d packages", ++n; fflush() } END { if (n) print "" }'
endef

run: $(READY)
	@$(BIN)/drumbeat rehearse --campaign endchildlabour2021 --subscribers 1000 --person - --serve

test: $(TESTED)
	@$(BIN)/python -m pytest -q -n auto --dist worksteal

quick: $(TESTED)
	@$(BIN)/python -m pytest -q -n auto --quick

lint: $(TESTED)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fix: $(TESTED)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

shape: $(TESTED)
	@$(BIN)/python tests/house/shape.py $(OF)

docs: $(TESTED)
	@$(BIN)/python tests/house/networks_page.py

bench: $(READY) $(PEERS)/.ready
	@for file in benchmarks/bench_*.py; do echo "== $$file"; $(BIN)/python "$$file"; done

clean:
	@rm -rf .venv .venv-3.* $(PEERS) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# The stamp is older than the pins: install again. Debian's python3 has neither venv nor pip without
# python3-venv, and leaves half an environment behind where it is tried all the same.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.12" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) can't make an environment of its own: install its venv (Debian, Ubuntu: apt install python3-venv), then make again" >&2; exit 1; }
	@echo "Setting up $(VENV): a minute or two, once."
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(call install,.)
	@touch $@

# what tests and style need comes on top, so that `make run` needn't wait for it
$(TESTED): $(READY)
	@echo "Adding what tests need."
	$(call install,.[dev])
	@touch $@

# what others send with, for the benchmarks: their pins and ours exclude each other
$(PEERS)/.ready: benchmarks/peers.txt | $(READY)
	@$(PYTHON) -m venv --clear $(PEERS)
	@$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/peers.txt
	@touch $@
