# Everything starts here; `make` alone lists the targets.  The work itself is done in scripts/.

SHELL := /bin/sh
BIN := .venv/bin
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help setup setup-test run test check campaign soak bench corpus mutants docs install uninstall lock clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1 \2/p' Makefile | awk '{printf "  %s %-10s", $$1, $$2; $$1 = $$2 = ""; print $$0}'
	@echo '  MUSIC=DIR (run), ARGS="..." (run, test, bench) and PYTHON=python3.13 (setup) may be added'

setup: ## install the missing Debian packages and make .venv with auralisd in it
	@scripts/setup

setup-test:
	@scripts/setup test

run: setup ## play MUSIC=DIR, your music folder or a demo album; Ctrl-C ends
	@exec scripts/run $(ARGS)

test: setup-test ## run every test
	@scripts/test $(ARGS)

check: setup ## format, lint, types, import contracts and unit tests, in seconds
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest -q -n 2 tests/unit

campaign: setup-test ## run every test in its long form
	@AURALISD_CAMPAIGN=1 scripts/test $(ARGS)

soak: setup-test ## play for HOURS=24 and see whether anything grows
	@$(BIN)/python scripts/soak.py $(or $(HOURS),24) $(MUSIC)

bench: setup ## measure speed and quality, print one table
	@$(BIN)/python -m benchmarks $(ARGS)

corpus: ## fetch 41 real pieces of music (155 MB) that tests and benchmarks then use
	@scripts/corpus

mutants: setup-test ## break each guarantee on purpose and see its test fail
	@$(BIN)/python scripts/mutants.py $(ARGS)

docs: setup ## write docs/dbus.md anew from dbus/*.xml
	@$(BIN)/python -m auralisd.bus.document

install: setup ## install for this user: auralisd, systemd unit, D-Bus activation, menu entry
	@scripts/install

uninstall: ## take away what make install brought
	@scripts/install --remove

lock: setup ## pin requirements.lock anew from pyproject.toml (needs uv)
	@uv pip compile --universal --python-version 3.11 --no-header --no-emit-index-url --generate-hashes --quiet \
		--group dev --extra formats pyproject.toml -o requirements.lock

clean: ## remove .venv, build and every cache in this checkout
	@rm -rf .venv build dist .*_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
