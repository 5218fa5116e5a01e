# make demo   the whole way on the bundled data: graph, baseline, graph head, tables, figures
# make test   every check: ruff, mypy, tests, doctests
# make test-browser   the pages in a headless Chromium; skipped with the reason where there is none
# make campaign   damaged files, kills and faults of the environment: what was not tried yet; at most two hours
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test test-slow test-browser campaign lint table clean help

help:
	@sed -n 's/^# //p' Makefile

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# A stamp a set of dependencies: a second call reinstalls nothing unless setup.cfg or pyproject.toml changed.
$(VENV)/installed: $(BIN)/python setup.cfg pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	@touch $@

demo: $(VENV)/installed
	$(BIN)/gcnlabel demo --output runs/demo --overwrite

test: $(VENV)/installed-test lint
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m 'not slow and not browser' --numprocesses 2 --dist loadfile

test-slow: $(VENV)/installed-test
	$(BIN)/python -m pytest -m slow

test-browser: $(VENV)/installed-test
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m browser tests/browser

# Trials that stand in benchmarks/results/campaigns.json are not tried again: remove it to begin anew.
campaign: $(VENV)/installed-test
	failed=0; for each in mutants kills faults; do \
	$(BIN)/python benchmarks/campaigns/$$each.py --processes 2 || failed=1; done; exit $$failed

lint: $(VENV)/installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# Write the README's tables anew from benchmarks/results/*.json.
table: $(VENV)/installed
	$(BIN)/python benchmarks/readme_tables.py

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
