# make chat       sets everything up and opens the chat; make chat q="do I need a PhD?" answers one question
# make test       all tests
# make messages   takes the bot's own words from the source into the catalogues of bot/languages, for translators
# TORCH_INDEX=URL takes PyTorch from another package index, such as PyTorch's own one of CPU builds

# The system's Python where it is new enough: distributions build theirs by what was seen of it running, and it answers up to a tenth more
# than one that was compiled without. PYTHON=python3.12 takes another.
SYSTEM := /usr/bin/python3
PYTHON ?= $(shell $(SYSTEM) -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(SYSTEM) || echo python3)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: install chat test lint eval bench messages lock clean

install: $(BIN)/fingerpost

$(BIN)/fingerpost: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("Fingerpost needs Python 3.11 or newer; set PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock \
		$(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) --editable '.[dev]'
	@$(BIN)/python -m compileall -q bot retrieval
	@touch $@

chat: install
	@$(BIN)/fingerpost chat $(if $(q),"$(q)")

test: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

lint: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/mypy

eval: install
	$(BIN)/fingerpost eval

bench: install
	$(BIN)/fingerpost bench

messages: install
	$(BIN)/pybabel -q extract --no-default-keywords -k _ -k n_:1,2 --no-wrap --no-location --omit-header \
		-o bot/languages/fingerpost.pot bot/wording.py
	$(BIN)/pybabel -q update --no-wrap --ignore-pot-creation-date -D fingerpost -i bot/languages/fingerpost.pot -d bot/languages

lock: install
	{ head -1 requirements.lock; $(BIN)/pip freeze --exclude-editable | sed 's/+cpu//'; } > requirements.lock.new
	mv requirements.lock.new requirements.lock

clean:
	rm -rf $(VENV) .fingerpost .mypy_cache .pytest_cache .ruff_cache
