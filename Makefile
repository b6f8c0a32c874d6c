# Livecue: everything a fresh machine needs. Prerequisites: Python >= 3.11 and make.
# Stamp files make every step a no-op when nothing changed.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
# Processes that run the tests; 0: none but pytest itself, for a debugger.
TEST_WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
PYTEST := $(BIN)/pytest --numprocesses $(TEST_WORKERS) --dist loadfile --no-loadscope-reorder
NODE := scripts/with_node.sh
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock"

RUNTIME := $(VENV)/.livecue-runtime
DEV := $(VENV)/.livecue-dev
TRAIN := $(VENV)/.livecue-train
MODELS := var/models/.livecue-fetched
MEANINGS := var/models/.livecue-meanings
PLAYBOOKS := $(wildcard examples/playbooks/*.yaml)
NODE_MODULES := web/node_modules/.livecue-installed
STATIC := gateway/static/index.html
WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -type f -print 2>/dev/null)
SHELL_SCRIPTS := .ci/run $(wildcard scripts/*.sh)

.PHONY: help setup demo test unit bench lint web lock reference clean hooks system-packages

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(DEV) $(TRAIN) $(MODELS) $(MEANINGS) $(STATIC)  ## Prepare everything for development: environment, models, web build

demo: $(RUNTIME) $(MODELS) $(MEANINGS) $(STATIC)  ## Start Livecue and play the demo calls into it (ARGS="--help" shows options)
	$(BIN)/livecue demo $(ARGS)

test: setup system-packages lint  ## Lint, type-check and run every test
	$(PYTEST) $(ARGS)

unit: $(DEV) $(TRAIN)  ## Run the unit tests only
	$(PYTEST) tests/unit $(ARGS)

bench: setup  ## Measure this machine (latency of one call; ARGS="capacity --search" finds how many it carries)
	$(BIN)/livecue bench $(or $(ARGS),latency)

lint: $(DEV) $(TRAIN) $(NODE_MODULES)  ## Check style, types, layers, shell scripts, Dockerfile and the web sources
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(NODE) $(BIN)/pyright
	$(BIN)/shellcheck $(SHELL_SCRIPTS)
	$(BIN)/hadolint Dockerfile
	cd web && ../$(NODE) npm run --silent check
	cd web && ../$(NODE) npm test --silent

web: $(STATIC)  ## Build the browser app into gateway/static

lock: $(BIN)/python  ## Pin every dependency again (keeps pins that still fit; ARGS=--upgrade renews them)
	test -x $(BIN)/uv || $(PIP) uv
	$(LOCK) --output-file requirements.lock $(ARGS)
	$(LOCK) --extra dev --constraint requirements.lock --output-file requirements-dev.lock $(ARGS)
	$(LOCK) --extra s3 --constraint requirements-dev.lock --output-file requirements-image.lock $(ARGS)
	$(LOCK:pyproject.toml=--group build) --output-file requirements-build.lock $(ARGS)
	$(LOCK:pyproject.toml=--group node) --output-file requirements-node.lock $(ARGS)

reference: $(DEV)  ## Write the reference pages of docs/ from the code
	$(BIN)/python scripts/reference.py

hooks: $(DEV)  ## Run the linters before each git commit
	$(BIN)/pre-commit install

clean:  ## Remove build outputs and caches; keeps the environment, the models and recorded calls
	rm -rf gateway/static web/node_modules dist build test-results .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

system-packages:
	scripts/system_packages.sh test

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Livecue needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -c 'import ensurepip' 2>/dev/null || PYTHON=$(PYTHON) scripts/system_packages.sh venv
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements-build.lock requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing Livecue's pinned dependencies into $(VENV) ..."
	$(PIP) --require-hashes -r requirements-build.lock -r requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

$(DEV): requirements-dev.lock $(RUNTIME)
	@echo "Installing the development tools into $(VENV) ..."
	$(PIP) --require-hashes -r requirements-dev.lock
	touch $@

$(TRAIN): requirements-train.txt $(DEV)
	@echo "Installing what training needs into $(VENV) ..."
	$(PIP) -r requirements-train.txt
	touch $@

$(MODELS): models/manifest.toml | $(RUNTIME)
	$(BIN)/livecue models fetch whisper-base
	touch $@

# A playbook that cannot be read is the service's to tell, and stops nobody here.
$(MEANINGS): $(PLAYBOOKS) $(MODELS)
	@echo "Reading the sentences of the bundled playbooks, once ..."
	$(BIN)/livecue rules check $(PLAYBOOKS) >/dev/null || true
	touch $@

$(NODE_MODULES): web/package-lock.json | $(RUNTIME)
	cd web && ../$(NODE) npm ci --no-audit --no-fund
	touch $@

$(STATIC): $(NODE_MODULES) $(WEB_SOURCES)
	cd web && ../$(NODE) npm run build
	touch $@
