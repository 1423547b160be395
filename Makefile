# Everything from one command, on a machine that has python3 (3.11 to 3.13), pip and make.
#
#   make run     set up, then train the handwritten digits: specc train specs/digits.yaml
#   make test    set up, then run the tests: first those that do not load Keras, then those that do
#   make lint    formatting, types, import rules, generated files
#   make bench   the measurements of tools/bench, as tables
#
# What is installed is pinned in constraints.txt, which `make pins` makes anew.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check

# Quiet libraries; a test that needs another value sets it itself.
export TF_CPP_MIN_LOG_LEVEL ?= 3
export PYRIGHT_PYTHON_IGNORE_WARNINGS ?= 1

.PHONY: help run test test-light test-keras lint bench pins clean
.DEFAULT_GOAL := help

help:
	@sed -n '3,6s/^# *//p' Makefile

run: $(VENV)/.run
	$(BIN)/specc train specs/digits.yaml

test: test-light test-keras

# A worker for each core takes tests from another that has more left; a module's tests stay together
# until then, for they share what was trained.
PYTEST := $(BIN)/python -m pytest -n auto --dist worksteal

test-light: $(VENV)/.dev
	$(PYTEST) -m "not keras and not slow"

test-keras: $(VENV)/.dev
	$(PYTEST) -m "keras and not slow"

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/python tools/generate.py --check
	$(BIN)/python tools/pins.py --check
	$(BIN)/pyright

bench: $(VENV)/.dev
	$(BIN)/python tools/bench/check.py
	$(BIN)/python tools/bench/scale.py
	-$(BIN)/python tools/bench/rules.py
	-$(BIN)/python tools/bench/proof.py
	$(BIN)/python tools/bench/build.py
	$(BIN)/python tools/bench/train.py
	$(BIN)/python tools/bench/stream.py --large 3000
	$(BIN)/python tools/bench/tune.py

pins: $(VENV)/.pip
	$(BIN)/python tools/pins.py

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .hypothesis .ruff_cache .import_linter_cache

# Each of these files says that an install was done with the pyproject.toml and the pins of its
# time, so that the second `make` installs nothing. pip comes from outside at first, for a Python
# without ensurepip makes no environment with one. compileall, because where the environment forbids
# Python to write byte code, specc would be compiled anew at every start.
$(VENV)/.run: $(VENV)/.pip pyproject.toml
	@echo "Installing specc, Keras and TensorFlow into $(VENV): some minutes, the first time only."
	$(PIP) install --quiet --no-build-isolation -c constraints.txt -e '.[cpu,tensorboard]'
	@$(BIN)/python -m compileall -q specc
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	$(PIP) install --quiet --no-build-isolation -c constraints.txt -e '.[cpu,jax,tensorboard,cmaes,ray,dev]'
	@touch $@

$(VENV)/.pip: constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv --without-pip $(VENV)
	@$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check \
		-c constraints.txt pip setuptools wheel
	@touch $@
