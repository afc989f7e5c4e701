# Everything is set up by the first target that needs it; nothing outside this directory is touched, save that a missing
# browser is installed by the means that the machine has.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint bench accuracy lock docs clean

help:
	@echo "make demo   start the embedded portal, deploy to it, verify it, tear it down"
	@echo "make test   run the project's own tests"
	@echo "make lint   ruff, mypy and the docstring check"
	@echo "make bench  measure the speed beside what people use today"
	@echo "make accuracy  score the verdicts on every fault, beside what people use today (docs/accuracy.md)"
	@echo "make docs   write the generated schema and reference again"
	@echo "make lock   resolve the dependencies again"

setup: $(VENV)/.complete browser

$(VENV)/.complete: requirements.txt pyproject.toml tools/bootstrap.py
	$(PYTHON) tools/bootstrap.py $(VENV)

.PHONY: browser
browser: $(VENV)/.complete
	@$(BIN)/python tools/browser.py

demo: setup
	$(BIN)/smoke demo

# SMOKE_LONG=1 makes the tests too that take a minute each. Tests mostly wait, so there are three workers, on two cores too.
test: setup
	$(BIN)/python -m pytest tests -n 3 --dist worksteal

lint: $(VENV)/.complete
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/interrogate -q smoke

bench: setup
	$(BIN)/python benchmarks/run.py

# SEEDS=5 ROWS="A01 N04+D02" JOBS=2 HEALTHY=20 KEEP=1 FRESH=1 are obeyed; an interrupted run goes on.
accuracy: setup
	$(BIN)/python -m benchmarks.accuracy.run

docs: $(VENV)/.complete
	$(BIN)/smoke schema > smoke/environment/schema.json
	$(BIN)/smoke reference > docs/environment-reference.md
	$(BIN)/python -m tools.checklists

lock: $(VENV)/.complete
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --all-extras --group dev pyproject.toml -o requirements.txt

clean:
	rm -rf $(VENV) .cache
