# Two commands do all the set-up: `make demo` and `make test`. Each works alone on a fresh clone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.torgau-ready

.PHONY: demo test app lint lock clean

$(STAMP): requirements.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements.txt
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps --editable .
	touch $@

demo: $(STAMP)
	$(BIN)/torgau demo --out demo-out

test: $(STAMP)
	$(BIN)/python -m pytest -n 2 $(ARGS)

app: $(STAMP)
	$(BIN)/torgau app

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The lock names versions and hashes, never a registry's address.
lock:
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet \
	  --python-version 3.11 --extra minilm --group dev pyproject.toml -o requirements.txt

clean:
	rm -rf $(VENV) demo-out
