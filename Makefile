# Needs a POSIX shell and Python 3.11 or newer; everything else is put into .venv by the first target that needs it.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo serve test check bench soak docs constraints bundle install clean

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --no-input --constraint constraints.txt
PYTEST := $(BIN)/python -m pytest
# Tests wait for servers as much as they compute, so three of them keep two cores busy. A module's tests share
# a scene, so they stay together, in the order of the file and with the random values of the last time;
# `make test SHUFFLE=1` takes new ones, to find what rests on either.
WORKERS := 3
ORDER := --dist=loadfile --no-loadscope-reorder $(if $(SHUFFLE),,-p no:randomly --hypothesis-seed=1)
export PYTHONUTF8 := 1

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/run.stamp ## Load a sales firm and a hospital, close their months, serve on http://127.0.0.1:8000
	@$(BIN)/meritbook demo $(ARGS)

serve: $(VENV)/run.stamp ## Serve the ledger in MERITBOOK_HOME
	@$(BIN)/meritbook serve $(ARGS)

test: $(VENV)/dev.stamp ## Run every test but the soak
	$(PYTEST) -m "not soak" --numprocesses=$(WORKERS) $(ORDER) $(ARGS)

check: $(VENV)/dev.stamp ## Format, lint, types, and who may import whom
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports --no-logo

bench: $(VENV)/dev.stamp ## Measure against a peer and against the limit, in one run
	$(BIN)/python -m benchmarks $(ARGS)

soak: $(VENV)/soak.stamp ## Run the tests that take long on purpose; MERITBOOK_TEST_ROUNDS=5 and MERITBOOK_TEST_MINUTES=10 shorten it
	$(PYTEST) -m soak --timeout=7200 $(ARGS)

docs: $(VENV)/dev.stamp ## Write the parts of docs/ that the code knows best
	$(BIN)/python -m docs.generate

constraints: ## Resolve pyproject.toml anew in an empty environment and pin what came out in constraints.txt
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && \
	$(call find_python,"$$scratch/venv") && \
	"$$scratch/venv/bin/python" -m pip install --disable-pip-version-check --no-input -e '.[dev,ha,cluster,otel]' && \
	{ echo "# Versions this release was tested with; made by 'make constraints', never by hand."; \
	  "$$scratch/venv/bin/python" -m pip freeze --exclude-editable; } >"$$scratch/pins" && \
	if grep '[@/]' "$$scratch/pins"; then echo "the line above is not a version from the registry" >&2; exit 1; fi && \
	cp "$$scratch/pins" constraints.txt

bundle: $(VENV)/run.stamp ## Make dist/meritbook-VERSION-offline.tar.gz for servers without a network
	@sh deploy/bundle.sh $(BIN)/python

install: ## Install into /opt/meritbook, as a service where root; ARGS="--prefix DIR --no-system"
	@sh deploy/install.sh $(ARGS)

clean: ## Remove the environment and what checks leave behind; ledgers are kept
	rm -rf $(VENV) .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist

# Makes a virtual environment at $(1) with the first Python that is new enough, or says what is missing.
define find_python
{ for python in "$$PYTHON" python3 python3.14 python3.13 python3.12 python3.11 python; do \
	[ -n "$$python" ] || continue; \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
	"$$python" -m venv $(1) && break; \
	rm -rf $(1); \
	echo "$$python could not make a virtual environment (on Debian and Ubuntu: apt install python3-venv)" >&2; \
done; \
[ -x $(1)/bin/python ] || { echo "Meritbook needs Python 3.11 or newer; set PYTHON=/path/to/python3 if it is not on PATH" >&2; exit 1; }; }
endef

$(BIN)/python:
	@$(call find_python,$(VENV))

# A stamp is newer than the files that name the libraries, so the second run installs nothing.
$(VENV)/run.stamp: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Meritbook into $(VENV); the first time fetches about 120 MB"
	@$(PIP) -e .
	@touch $@

$(VENV)/dev.stamp: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Meritbook and the tools that test it into $(VENV); the first time fetches about 200 MB"
	@$(PIP) -e '.[dev,cluster,otel]'
	@touch $@ $(VENV)/run.stamp

$(VENV)/soak.stamp: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Meritbook and the tools that test it for long into $(VENV)"
	@$(PIP) -e '.[dev,ha,cluster,otel]'
	@touch $@ $(VENV)/dev.stamp $(VENV)/run.stamp
