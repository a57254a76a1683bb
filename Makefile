# Tushen: `make` lists the targets. Everything lives in .venv and viewer/node_modules.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: help setup run test test-python test-viewer lint format bench services browser docs golden lock clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## set up .venv and the viewer (uv when present, else venv + pip)
	@$(PYTHON) scripts/setup.py

run: ## set up, load the sample project once, start the system and open it (Ctrl-C stops it)
	@$(PYTHON) scripts/run.py $(ARGS)

test: ## set up and run all tests that need no servers and no browser
	@$(PYTHON) scripts/setup.py --dev
	@$(MAKE) --no-print-directory test-python test-viewer

test-python: ## the Python tests alone
	$(BIN)/pytest -n auto --dist loadfile -m "not services and not browser" $(ARGS)

test-viewer: ## the viewer's unit tests alone
	cd viewer && npm test

services: ## tests against real servers (addresses in TUSHEN_TEST_*; missing ones fail)
	TUSHEN_SERVICES_REQUIRED=1 $(BIN)/pytest -m "services and not browser" tests $(ARGS)

browser: ## the journeys in Chromium
	TUSHEN_BROWSER_REQUIRED=1 $(BIN)/pytest -m browser tests $(ARGS)

lint: ## ruff, mypy, import contracts, spelling, eslint, svelte-check, tsc
	@$(PYTHON) scripts/setup.py --dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell pipeline rules api docs scripts tests README.md CHANGELOG.md
	cd viewer && npm run lint

format: ## let ruff format the Python code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: ## measure speed and accuracy (needs the corpus; prints Markdown tables)
	$(BIN)/python -m benchmarks $(ARGS)

docs: ## write the generated pages (rule catalogue, benchmarks)
	$(BIN)/python -m rules.catalogue
	$(BIN)/python -m benchmarks.page

golden: ## draw the sample set and the golden pictures again (look at what changed)
	$(BIN)/python -m sample_drawings.make
	$(BIN)/python -m tests.pipeline.readers.pictures

lock: ## resolve the dependencies anew into requirements.lock
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements.lock

clean: ## remove what was built (keeps data/)
	rm -rf $(VENV) viewer/node_modules viewer/dist build *.egg-info
