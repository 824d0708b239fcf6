# Every target does its own set-up; `make help` lists them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export UV_PYTHON_DOWNLOADS := never
export GX_ANALYTICS_ENABLED := false

.PHONY: help setup demo up test test-slow check docs lock notebooks benchmark benchmark-upload benchmark-lake benchmark-models benchmark-verticals benchmark-serving benchmark-multimodal isolation soak soak-uploads clean
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
		{ echo "Python 3.11 is needed: make PYTHON=/path/to/python3.11 …"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $(READY)

setup: $(READY) ## make the environment in .venv from requirements.lock

demo: $(READY) ## run the main job to its end on generated data (SCALE=0.2: less of it)
	@$(BIN)/abcall demo --scale $(or $(SCALE),1)

up: $(READY) ## serve dashboard, scoring service, Dagster and MLflow on loopback until Ctrl-C
	@exec $(BIN)/abcall up

# Two processes on two cores; a file's tests stay together, for they share what the file sets up.
# A test that waits outside Python obeys no time limit: it is ended, and its process says where it was.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile -o faulthandler_exit_on_timeout=true

test: $(READY) ## the fast suite (8 minutes at most on 2 cores)
	$(PYTEST) -o faulthandler_timeout=360 -m "not slow"

test-slow: $(READY) ## the rest: Spark parity, browser, kills, both databases
	$(PYTEST) -o faulthandler_timeout=3300 -m slow

check: $(READY) ## ruff, mypy and the one-way imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(READY) ## the documentation site, in build/site; a warning is an error
	@$(BIN)/python -m sphinx -W --keep-going --quiet -d build/trees docs build/site
	@echo build/site/index.html

lock: ## pin the ranges of pyproject.toml again, with hashes and without addresses
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --quiet -o requirements.lock
	$(BIN)/uv pip compile tests/interop/requirements.in --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --quiet -o requirements-interop.lock

benchmark: benchmark-upload benchmark-lake benchmark-models benchmark-verticals benchmark-serving benchmark-multimodal ## every benchmark

benchmark-upload: $(READY) ## figures of a warm upload (QUICK=1: smaller inputs, 3 minutes at most)
	@$(BIN)/python -m benchmarks.upload $(if $(QUICK),--quick)

benchmark-lake: $(READY) ## the lake: bulk, tenants at once, faults, dirty files (QUICK=1: 3 minutes at most)
	@$(BIN)/python -m benchmarks.lake $(if $(QUICK),--quick)

benchmark-models: $(READY) ## the models beside plain ones on real data (QUICK=1: 3 minutes at most)
	@$(BIN)/python -m benchmarks.models $(if $(QUICK),--quick)

benchmark-verticals: $(READY) ## new verticals from raw files, beside tuned XGBoost (QUICK=1: 3 minutes at most)
	@$(BIN)/python -m benchmarks.verticals $(if $(QUICK),--quick)

benchmark-serving: $(READY) ## the service: models, whole answers, customers (QUICK=1: 3 minutes at most)
	@$(BIN)/python -m benchmarks.serving $(if $(QUICK),--quick)

benchmark-multimodal: $(READY) ## call audio, images, personal data, search beside plain peers (QUICK=1: 3 minutes at most)
	@$(BIN)/python -m benchmarks.multimodal $(if $(QUICK),--quick)

notebooks: $(READY) ## execute the notebooks on the demonstration's lake; their pages go to build/notebooks
	@$(BIN)/python -m notebooks.book

isolation: $(READY) ## the table of surface and attempt: what is one tenant's is for nobody else
	@$(BIN)/python -m tests.isolation

fuzz: $(READY) ## ask every route of the service and GraphQL badly, EXAMPLES (300) times each
	@ABCALL_FUZZ_EXAMPLES=$(or $(EXAMPLES),300) $(BIN)/python -m pytest tests/fuzz -q --timeout 7200

soak: $(READY) ## the service for MINUTES (30) on STORE (postgresql) while all goes wrong: none lost, none doubled
	@$(BIN)/python -m benchmarks.serving_soak --minutes $(or $(MINUTES),30) --store $(or $(STORE),postgresql)

soak-uploads: $(READY) ## uploads of changing files for MINUTES (5), every row accounted for, memory watched
	@$(BIN)/python -m benchmarks.soak --minutes $(or $(MINUTES),5)

clean: ## remove what running writes (environment, lake, stores, caches)
	rm -rf $(VENV) build docs/made .abcall .abcall-keys .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
