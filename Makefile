# make app    set up and open the app on this computer     make lint  style, types, import contracts
# make test   set up and run every check                   make lock  pin the dependencies anew
#
# Needs Python 3.11 or later, make and git. Everything is installed into .venv.

.DEFAULT_GOAL := help
.PHONY: help app test lint format docs pictures bench clicks fuzz load licences audit sbom regression lock upgrade chromium clean
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH

VENV := .venv
BIN := $(VENV)/bin
USABLE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c '$(USABLE)' 2>/dev/null && { echo $$p; break; }; done)
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps

help:
	@sed -n 's/^# \{0,1\}//;1,5p' Makefile

app: $(VENV)/run.stamp ## PORT=8600 chooses another port
	$(BIN)/python -m streamlit run app.py $(if $(PORT),--server.port $(PORT))

test: lint chromium
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

lint: $(VENV)/dev.stamp
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports --no-logo

format: $(VENV)/dev.stamp
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

fuzz: $(VENV)/dev.stamp ## every reader, over 100,000 inputs, about 5 minutes; SEED=2 for others
	PYTHONPATH=tests $(BIN)/python -m fuzz --seed $(or $(SEED),1)

load: $(VENV)/dev.stamp ## 50 people at the app for 5 minutes; SESSIONS=8 SECONDS=60 for fewer
	$(BIN)/python -W ignore -m benchmarks.load --sessions $(or $(SESSIONS),50) --seconds $(or $(SECONDS),300)

licences: $(VENV)/dev.stamp ## every package with its licence; fails on one that does not fit
	$(BIN)/python tests/supply_chain.py licences

audit: $(VENV)/dev.stamp ## known vulnerabilities; fails where the service cannot be asked
	$(BIN)/python tests/supply_chain.py audit

sbom: $(VENV)/dev.stamp ## CycloneDX bill of materials in build/sbom.json
	$(BIN)/python tests/supply_chain.py sbom build/sbom.json

regression: $(VENV)/dev.stamp ## rewrite the reviewed posteriors; then read `git diff`
	PYTHONPATH=tests $(BIN)/python tests/regression.py

docs: $(VENV)/dev.stamp ## the site: docs/_build/html/index.html; no network, no warning
	$(BIN)/python -m sphinx -W --keep-going -q -c docs . docs/_build/html

pictures: $(VENV)/dev.stamp chromium ## every page in light, dark and on a phone: docs/images
	$(BIN)/python -m bme_bayes.ui.screenshots

clicks: $(VENV)/dev.stamp chromium ## a click beside that of an empty page: docs/clicks.md
	$(BIN)/python -W ignore -m benchmarks.pages

bench: $(VENV)/dev.stamp ## times beside pgmpy and pyAgrum: docs/performance.md
	$(BIN)/python -W ignore -m benchmarks

# A stamp stands for "this lock file is installed"; it lies in the environment and goes with it.
$(VENV)/run.stamp $(VENV)/dev.stamp: $(VENV)/%.stamp: requirements/%.txt pyproject.toml | $(BIN)/pip
	@echo "Installing $< into $(VENV) ..."
	@$(INSTALL) --require-hashes -r $<
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

$(BIN)/pip:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or later with its venv module is needed" \
		"(on Debian: apt-get install python3-venv); PYTHON=/path/to/python chooses one." >&2; exit 1; }
	@$(PYTHON) -c '$(USABLE)' || { echo "$(PYTHON) is not Python 3.11 or later with venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Browser tests drive Debian's Chromium, or the one that CHROMIUM=/path/to/chromium names.
chromium:
	@[ -n "$$CHROMIUM" ] && exit; \
	for name in chromium chromium-browser google-chrome; do \
		command -v $$name >/dev/null && exit; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium ..."; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	else \
		echo "The browser tests need Chromium: install it (on Debian: sudo apt-get install chromium)" \
			"or set CHROMIUM=/path/to/chromium" >&2; exit 1; \
	fi

# `make lock` keeps the pins that still fit; `make upgrade` takes the newest that fit.
upgrade: LOCK_OPTIONS := --upgrade
lock upgrade: $(VENV)/dev.stamp
	@for extra in run dev; do \
		UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet $(LOCK_OPTIONS) \
			--universal --python-version 3.11 --fork-strategy fewest \
			--generate-hashes --no-emit-index-url --no-emit-find-links --group build \
			$$([ $$extra = dev ] && echo --extra dev --constraint requirements/run.txt) \
			pyproject.toml --output-file requirements/$$extra.txt || exit 1; \
	done

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
