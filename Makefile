# Needs Python 3.11 to 3.13 and make; all else is put into .venv, at the versions and hashes of requirements.lock.
# ARGS goes to the command: make demo ARGS="--seconds 60 --json", make test ARGS="-k fingerprint".
# PYTHON names the interpreter that .venv is made with.

MAKEFLAGS += --no-print-directory
SHELL := /bin/sh
.SUFFIXES:
.DELETE_ON_ERROR:

# what would make Python import, or pip install, from or to somewhere else
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONSAFEPATH PYTHONUSERBASE PIP_USER PIP_TARGET PIP_PREFIX
# the tests start some hundred processes: each would compile the package anew
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
STAMP := $(VENV)/.installed
# never the scripts in $(VENV)/bin: their first line breaks when the checkout's path has a space
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check

.PHONY: help demo test check coverage lint types contracts format long chaos chaos-peers bench fuzz docs fields wheel lock clean

help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

demo: $(STAMP) ## try it out: a local Kafka and Postgres, every stage, real samples
	@$(PY) -m argus_streams demo $(ARGS)

test: $(STAMP) ## all tests, three files at once: most of them wait for a broker
	$(PY) -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

check: lint types contracts coverage test ## all that CI checks

coverage: $(STAMP) ## of core and sources, by tests that need no broker; below 95 % it fails
	rm -f .coverage .coverage.*
	$(PY) -m coverage run -m pytest --quiet -n 2 --dist loadfile tests/core tests/sources tests/agents
	$(PY) -m coverage combine --quiet
	$(PY) -m coverage report --skip-covered

lint: $(STAMP) ## ruff, and the format
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: $(STAMP) ## mypy, strict
	$(PY) -m mypy

contracts: $(STAMP) ## which layer may import which
	$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

format: $(STAMP) ## repair what lint can repair
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

long: $(STAMP) ## what takes longer: ten million bodies, damaged disks, upgrades, purges, the image, each law with 200 examples
	$(PY) -m pytest -m "long and not chaos" $(ARGS)
	$(PY) -m pytest -n 2 --dist loadfile -m "hypothesis and not long" --hypothesis-profile long $(ARGS)

chaos: $(STAMP) ## every fault under load, 35 to 50 minutes: make chaos ARGS="-k broker"; ARGUS_CHAOS_SEED repeats a plot
	$(PY) -m pytest tests/chaos tests/regions -m chaos $(ARGS)

chaos-peers: $(STAMP) ## workers that join and leave, stock Faust and quixstreams beside ours: about 10 minutes
	$(PY) tests/chaos/peers/compare.py

bench: $(STAMP) ## the benchmarks but the long ones, or some: make bench ARGS="drained engine", ARGS="drained --bodies 50000"
	@$(PY) -m argus_streams bench $(ARGS)

fuzz: $(STAMP) ## bodies that nobody meant to send, 10 minutes of random ones: make fuzz SECONDS=60 ARGS="sentry gitlab"
	$(PY) tests/laws/fuzz.py $(or $(SECONDS),600) $(ARGS)

docs: $(STAMP) ## write the tables of README.md and docs/ anew from the code
	$(PY) docs/tables.py

fields: $(STAMP) ## add what samples and payloads show to samples/*.fields, or to some: make fields ARGS="sentry"
	@$(PY) docs/fields.py $(ARGS)

wheel: $(STAMP) ## build dist/*.whl, which works outside the checkout
	$(PY) -m pip wheel --quiet --disable-pip-version-check --no-build-isolation --no-deps --no-index --wheel-dir dist .

COMPILE = CUSTOM_COMPILE_COMMAND='make lock' $(PY) -m piptools compile --quiet --generate-hashes --allow-unsafe \
	--strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options
LOCK := requirements.lock
lock: $(STAMP) ## write requirements*.lock anew from pyproject.toml: all, what running needs, what building the wheel needs
	$(COMPILE) --all-extras --all-build-deps --output-file $(LOCK) $(ARGS) pyproject.toml
	$(COMPILE) --constraint $(LOCK) --output-file requirements.runtime.lock pyproject.toml
	$(COMPILE) --constraint $(LOCK) --only-build-deps --build-deps-for wheel \
		--output-file requirements.build.lock pyproject.toml

clean: ## remove all that make has made
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage .coverage.*
	find . -name .git -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

# stdout belongs to the command, so all that this says goes to stderr
$(STAMP): requirements.lock pyproject.toml
	@exec >&2; found=; able=; \
	fits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))'; \
	if test -n "$$PYTHON"; then set -- "$$PYTHON"; else set -- python3 python3.13 python3.12 python3.11; fi; \
	for name; do \
		"$$name" -c "$$fits" 2>/dev/null || continue; \
		found=$$name; \
		if "$$name" -c 'import ensurepip, venv' 2>/dev/null; then able=$$name; break; fi; \
	done; \
	if test -z "$$found"; then \
		echo "None of $$* is a Python 3.11, 3.12 or 3.13: install one, or name it with PYTHON=/path/to/python3.12"; \
		exit 1; \
	elif test -z "$$able"; then \
		echo "$$found can not make virtual environments: install what it lacks, on Debian and Ubuntu with"; \
		echo "  apt-get install python3-venv"; \
		exit 1; \
	fi; \
	$(PY) -c "$$fits" 2>/dev/null && $(PY) -m pip --version >/dev/null 2>&1 || { \
		rm -rf $(VENV) && "$$able" -m venv $(VENV) || exit 1; \
	}; \
	echo "installing into $(VENV) with $$($(PY) --version), about a minute ..."; \
	$(PIP) --require-hashes --requirement requirements.lock && \
	$(PIP) --no-build-isolation --no-deps --no-index --editable . && \
	touch $(STAMP)
