# Everything is done by the package dev/, which needs nothing but Python 3.9 or newer.
PYTHON ?= python3
DEV = $(PYTHON) -m dev
export PORT SOP_CACHE

.DEFAULT_GOAL := help
.PHONY: help demo update-demo stop shell test test-fast lint format bench screenshots pot provision clean distclean

help: ## list these commands
	@echo "S&OP Bridge for Odoo 19. Commands:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r name text; do printf '  make %-13s%s\n' "$$name" "$$text"; done

demo: ## install what is missing, start Odoo with the demo plant, show address and users (PORT=8069)
	@$(DEV) demo

update-demo: ## load changed code and data into the demo and restart it
	@$(DEV) update-demo

stop: ## stop the demo server and the private PostgreSQL
	@$(DEV) stop

shell: ## open Odoo's shell on the demo database
	@$(DEV) shell

test: ## install what is missing, run every check and test (ARGS= for pytest, for instance ARGS='-k slot')
	@$(DEV) test $(ARGS)

test-fast: ## run the checks and the tests that need no Odoo
	@$(DEV) test --fast $(ARGS)

lint: ## run ruff, pylint-odoo and the import contract
	@$(DEV) lint

format: ## let ruff format the code and mend what it can
	@$(DEV) exec ruff format .
	@$(DEV) exec ruff check --fix .

bench: ## measure speed (ARGS= for benchmarks/run.py)
	@$(DEV) bench $(ARGS)

screenshots: ## take the pictures of README and Apps page from the running demo
	@$(DEV) exec python -m dev.screenshots

pot: ## export the translatable terms to sop_bridge/i18n
	@$(DEV) pot

provision: ## install what is missing and prepare the databases, start nothing else
	@$(DEV) provision

clean: ## stop, and remove the demo and all prepared databases
	@$(DEV) clean

distclean: ## stop, and remove the whole cache with Odoo, PostgreSQL and Chromium
	@$(DEV) distclean
