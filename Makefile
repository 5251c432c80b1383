# A fresh machine needs Python 3.11 or newer, git and make. Everything else is fetched or built below this directory.
ENV ?= dev
PYTHON ?= python3
BIN := .venv/bin
VENV := .venv/.complete
# Built command-line tools; other projects keep them in the user's cache directory.
export REHEARSE_TOOLS_DIR ?= $(CURDIR)/.tools

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help rehearse test test-full setup setup-production lint lock clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-17s %s\n", $$1, $$2}' Makefile

rehearse: $(VENV) ## Rehearse one environment on this machine (ENV=dev, or staging, preprod, prod)
	@$(BIN)/ops rehearse up $(ENV)

# Two workers, each with whole files. The order of the files stays, because tests of unpatched moto must run before those
# that patch it for good. Tests with real servers come last and start as many processes as they need.
WORKERS := -n 2 --dist loadfile --no-loadscope-reorder

test: lint ## Lint, types, import rules, then all tests, with the real engine and real servers
	@$(BIN)/rehearse tools
ifdef ARGS
	@$(BIN)/pytest -m "not full" $(ARGS)
else
	@$(BIN)/pytest $(WORKERS) -m "not full and not integration"
	@$(BIN)/pytest $(WORKERS) -m "not full and integration"
endif

test-full: test ## As test, and slower variants of other tests (marked full)
	@$(BIN)/pytest -m full

setup: $(VENV) ## Set up development: .venv and the command-line tools
	@$(BIN)/rehearse tools

setup-production: ## Set up .venv for real accounts only: ops and the program, no rehearsal
	@$(call require-python)
	@$(PYTHON) tools/make_venv.py --production

lint: $(VENV) ## Lint, formatting, types and import rules
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-annotate --quiet --custom-compile-command "make lock"

lock: ## Pin all lock files from the pyproject.toml files (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv on PATH; install it with: pip install uv" >&2; exit 1; }
	@$(COMPILE) pyproject.toml rehearsal/pyproject.toml --group dev -o requirements.lock
	@$(COMPILE) pyproject.toml --group build --constraint requirements.lock -o requirements-production.lock
	@cd .github && $(COMPILE) audit-requirements.in -o audit-requirements.txt

clean: ## Remove .venv, .tools and caches (`ops rehearse down` removes a rehearsal)
	@rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage htmlcov *.egg-info
	@find . -name .rehearsal -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

require-python = command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed, but there is no $(PYTHON) on PATH." >&2; exit 1; }

$(VENV): requirements.lock pyproject.toml rehearsal/pyproject.toml tools/make_venv.py
	@$(call require-python)
	@$(PYTHON) tools/make_venv.py
