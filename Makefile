# make demo, test, lint, ... : each target sets up .venv by itself, and again only when a dependency changes.
# PYTHON=python3.12 chooses the interpreter; ARGS="..." is passed on by demo, run and test.

PYTHON ?=
ARGS ?=
export PYTHON

VENV := .venv
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo run test lint bench lock clean

help: ## Show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 14

demo: $(READY) ## Collect from an invented market and show a briefing; needs no key and no server
	$(VENV)/bin/coinbrief demo $(ARGS)

run: $(READY) ## Run the service: collect, write and deliver on schedule
	$(VENV)/bin/coinbrief serve $(ARGS)

test: $(READY) ## Run the tests
	.ci/run test $(ARGS)

lint: $(READY) ## Check style, types and who imports whom
	.ci/run lint

bench: $(READY) ## Measure what we claim about speed
	@for script in benchmarks/*.py; do echo "==> $$script"; $(VENV)/bin/python "$$script" || exit 1; done

lock: ## Pin every dependency with its hashes in requirements.lock
	.ci/run lock

clean: ## Remove the environment and what tools left behind
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	.ci/run setup
