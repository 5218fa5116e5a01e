# make demo   the whole way on the bundled data: graph, baseline, graph head, tables, figures
# make test   every check: ruff, mypy, tests, doctests
# make docs   the site, in build/site/: warnings are errors; it opens from a disk, without a network
# make notebooks   run the tutorials, and write them as pages of the site
# make browser   the pages in a headless Chromium; skipped with the reason where there is none
# make test-lowest   install the lowest versions that setup.cfg allows into an environment of its own, and test with them
# make package   build wheel and sdist, and try each in a fresh environment
# make table   the tables of README and docs anew; make picture: README's picture and table of the demo, after make demo
# make campaign   damaged files, kills and faults of the environment: what was not tried yet; at most two hours
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SITE := build/site/index.html
SOURCES := $(shell find gcnlabel -name '*.py' -o -name '*.pyi' -o -name '*.yaml')
PAGES := mkdocs.yml examples/configuration.md $(shell find docs -type f -not -path '*/__pycache__/*')
TUTORIALS := $(patsubst docs/%.py,build/%.md,$(wildcard docs/tutorials/*.py))

.PHONY: demo test test-slow browser test-browser test-lowest campaign lint docs notebooks package table picture clean help

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

# Files in their order, doctests last: xdist's own order puts files with few tests last, which are the longest.
test: $(VENV)/installed-test lint
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m 'not slow and not browser' --numprocesses 2 --dist loadfile \
	  --no-loadscope-reorder

test-slow: $(VENV)/installed-test
	$(BIN)/python -m pytest -m slow

browser: $(VENV)/installed-test $(SITE)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m browser tests

test-browser: browser

# Pages of tutorials and the site are made again where the package or a page has changed.
$(VENV)/installed-docs: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[docs]'
	@touch $@

build/tutorials/%.md: docs/tutorials/%.py docs/hooks/tutorials.py $(SOURCES) | $(VENV)/installed-docs
	OMP_NUM_THREADS=1 $(BIN)/python docs/hooks/tutorials.py $< $@

notebooks: $(TUTORIALS)

$(SITE): $(TUTORIALS) $(PAGES) $(SOURCES) | $(VENV)/installed-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@touch $@

docs: $(SITE)

package: $(VENV)/installed-docs
	$(BIN)/python .ci/package.py

test-lowest:
	$(PYTHON) .ci/lowest.py

# Trials that stand in benchmarks/results/campaigns.json are not tried again: remove it to begin anew.
campaign: $(VENV)/installed-test
	failed=0; for each in mutants kills faults; do \
	$(BIN)/python benchmarks/campaigns/$$each.py --processes 2 || failed=1; done; exit $$failed

lint: $(VENV)/installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# Write the tables of README and docs anew from benchmarks/results/*.json.
table: $(VENV)/installed
	$(BIN)/python benchmarks/readme_tables.py

# The README's picture and table of the demo anew from its runs.
picture: $(VENV)/installed
	$(BIN)/python benchmarks/readme_picture.py runs/demo docs/assets/demo.png
	cp runs/demo/comparison.md benchmarks/results/demo.md
	$(BIN)/python benchmarks/readme_tables.py

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
