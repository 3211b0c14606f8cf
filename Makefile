# make demo       set up, train on MNIST, write a report (about two minutes)
# make test       set up, run all tests
# make test-interop  the same, then the tests beside Keras, PyTorch, ONNX and others, in .venv-interop
# make check      set up, run the linters and the type checker
# make sanitize   set up, run the kernels' own tests under AddressSanitizer and UndefinedBehaviorSanitizer
# make cross      compile the kernels and their tests for ARM, where aarch64-linux-gnu-g++ is installed, and run them where
#                 qemu-aarch64-static is
# make bench      compare with other libraries, write docs/benchmarks.md; those that are not installed are left out.
#                 VITRAL_BENCH_PYTHON=/a/venv/bin/python names a Python that has them
# make bench-ops  time single operations against what the machine can do
# make clean      remove what the above made, but never your runs/
#
# Everything is installed into .venv. Another Python: make demo PYTHON=python3.12

PYTHON ?= python3
VENV   := .venv
INTEROP := .venv-interop
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet install

TORCH := torch==2.13.0+cpu

# One thread per test process; results do not depend on it, the time does.
TEST_ENV := VITRAL_NUM_THREADS=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1

.PHONY: demo test test-interop check sanitize cross bench bench-ops clean setup
.NOTPARALLEL:

demo: $(VENV)/.lab-installed
	@$(BIN)/vitral demo

test: $(VENV)/.dev-installed
	@$(TEST_ENV) $(BIN)/python -m pytest --quiet --numprocesses auto --maxprocesses 8

# Warnings of the other libraries' own code are none of ours.
test-interop: $(INTEROP)/.installed
	@$(TEST_ENV) KERAS_BACKEND=jax $(INTEROP)/bin/python -m pytest --quiet --numprocesses auto --maxprocesses 4 \
	  -W ignore::DeprecationWarning -W ignore::FutureWarning tests/interop

check: $(VENV)/.dev-installed
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-cache > $(VENV)/lint-imports.log || { cat $(VENV)/lint-imports.log; exit 1; }
	@echo "ruff, mypy and import-linter: no complaints"

cross: $(VENV)/.dev-installed
	@if ! command -v aarch64-linux-gnu-g++ > /dev/null; then echo "No compiler for ARM here: the kernels were not compiled for it"; else \
	  PATH="$(CURDIR)/$(BIN):$$PATH"; \
	  cmake -S . -B build/arm -G Ninja -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 \
	    -DCMAKE_CXX_COMPILER=aarch64-linux-gnu-g++ -DCMAKE_EXE_LINKER_FLAGS=-static > /dev/null && \
	  ninja -C build/arm --quiet && \
	  if command -v qemu-aarch64-static > /dev/null; then qemu-aarch64-static build/arm/native/tests/kernel_tests; \
	  else echo "The kernels compile for ARM; without qemu-aarch64-static their tests were not run"; fi; fi

bench: $(VENV)/.lab-installed
	@$(BIN)/vitral bench --json docs/benchmarks.json --markdown docs/benchmarks.md

bench-ops: $(VENV)/.lab-installed
	@$(BIN)/python -m benchmarks.operations

sanitize: $(VENV)/.dev-installed
	@PATH="$(CURDIR)/$(BIN):$$PATH"; \
	  cmake -S . -B build/sanitize -G Ninja -DVITRAL_SANITIZE=ON > /dev/null && \
	  ninja -C build/sanitize --quiet && build/sanitize/native/tests/kernel_tests

setup: $(VENV)/.dev-installed

clean:
	@rm -rf $(VENV) $(INTEROP) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps make a second call quick; a changed pyproject.toml or kernel installs again.
NATIVE := CMakeLists.txt $(shell find native -name '*.cpp' -o -name '*.h' -o -name CMakeLists.txt)

$(VENV)/.lab-installed: $(VENV)/.created pyproject.toml $(NATIVE)
	@echo "Installing Vitral and its lab into $(VENV) ..." >&2
	@$(PIP) --editable ".[lab]"
	@touch $@

$(VENV)/.dev-installed: $(VENV)/.created pyproject.toml $(NATIVE)
	@echo "Installing Vitral, its lab and the test tools into $(VENV) ..." >&2
	@$(PIP) --editable ".[dev]"
	@touch $(VENV)/.lab-installed $@

# The other libraries have an environment of their own; Vitral and pytest it takes from .venv, compiled already.
# PyTorch's usual package would bring gigabytes of CUDA: where the CPU build is not found, its tests are skipped. It is
# found with: make test-interop PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu
export PIP_EXTRA_INDEX_URL
$(INTEROP)/.installed: $(VENV)/.dev-installed tests/interop/requirements.txt
	@echo "Installing Keras, JAX, ONNX and others into $(INTEROP) ..." >&2
	@$(BIN)/python -m venv --without-pip --clear $(INTEROP)
	@$(BIN)/python -c "import sysconfig; p = sysconfig.get_path('purelib'); print(f'import site; site.addsitedir({p!r})')" \
	  > "$$($(INTEROP)/bin/python -c "import sysconfig; print(sysconfig.get_path('purelib'))")/vitral.pth"
	@$(BIN)/python -m pip --disable-pip-version-check --quiet --quiet --python $(INTEROP)/bin/python \
	  install -r tests/interop/requirements.txt
	@$(BIN)/python -m pip --disable-pip-version-check --quiet --quiet --quiet --python $(INTEROP)/bin/python \
	  install "$(TORCH)" || echo "$(TORCH) was not found; the tests beside PyTorch are skipped" >&2
	@touch $@

# Some systems ship Python without ensurepip; their own pip then fills the environment.
$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null || { \
	  echo "Vitral needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)." \
	       "Name another one: make $(or $(MAKECMDGOALS),demo) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) > /dev/null 2>&1 || { \
	  $(PYTHON) -m venv --without-pip --clear $(VENV) && \
	  $(PYTHON) -m pip --quiet --quiet --python $(BIN)/python install pip; }
	@touch $@
