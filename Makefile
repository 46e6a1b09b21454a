# What a newcomer types. Each target needs only a POSIX shell, Python 3.11 or newer and git: see tools/bootstrap.py.

# Names of Python to try, in this order; `make demo PYTHON=/path/to/python3` decides.
PYTHON = python3 python3.13 python3.12 python3.11 python3.14
ARGS =

# Become the first Python that is new enough, or say that there is none.
bootstrap = @for python in $(PYTHON); do \
	if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		exec $$python tools/bootstrap.py $(1); \
	fi; \
done; \
echo "comity: Python 3.11 or newer is needed, and none of these is one: $(PYTHON)" >&2; exit 1

.PHONY: drill-permissions drill-walks drill-api drill-compose drill-load drill-restore drill-crash help demo demo-reset test shots \
	bench lint clean lock

help: ## this list
	@echo "make demo        start everything on this machine; PORT=8000; Ctrl-C ends it; the data stays"
	@echo "make demo-reset  the same from new: what the demo holds is thrown away"
	@echo "make test        all tests on own servers; ARGS=\"tests/cases -k share\" for some"
	@echo "make bench       how long the door takes, as ratios; SCALE=1000000 adds a size, ROUNDS=300 asks as often"
	@echo "make drill-permissions  5,000 random lives against the model of who sees what; SEQUENCES=5000 SEED=..."
	@echo "make drill-walks  every page in each language at each width, every hostile value on every field, every method by all"
	@echo "make drill-api   the programming interface shaken by three people; CASES=300 an operation, SEED=..."
	@echo "make drill-restore  a backup is made and brought back elsewhere, compared and used; a database taken back in time"
	@echo "make drill-crash  every process of a running portal killed and frozen while people work in it; disk full, clock set"
	@echo "make drill-compose  each command of docker-compose.yml outside a container, nginx with TLS in front (needs nginx, openssl)"
	@echo "make drill-load  200 officers at desk pace for ten minutes, on an idle machine; OFFICERS=200 SECONDS=600 PAUSE=10-30"
	@echo "make shots       pictures of each main page of the exercise in .demo/shots; PICTURES=docs/pictures: the README's too"
	@echo "make lint        style, formatting and the direction of imports"
	@echo "make lock        make the lock files anew from requirements/*.in (needs uv)"
	@echo "make clean       remove what make made, but not the demo's data"

demo: ## everything on this machine
	$(call bootstrap,demo)

demo-reset: ## the same from new
	$(call bootstrap,demo-reset)

test: ## all tests
	$(call bootstrap,run -m exchange.testbed pytest -n 2 --dist worksteal --junitxml=.test/junit.xml $(ARGS))

bench: export SCALE := $(SCALE)
bench: export ROUNDS := $(ROUNDS)
bench: ## how long the door takes
	$(call bootstrap,run -m benchmarks)

drill-permissions: export SEQUENCES ?= 5000
drill-permissions: export SEED ?= $(shell date +%s)
drill-permissions: ## many random lives against the model of who sees what, and mistakes that it must notice
	$(call bootstrap,run -m exchange.testbed pytest -n 2 tests/security/test_model.py tests/security/drill_mutations.py $(ARGS))

drill-walks: ## the widest walks, whole: `make test` goes through every page, form and field once
	$(call bootstrap,run -m exchange.testbed env THOROUGH=1 pytest -n 2 tests/e2e/test_reach.py \
		tests/security/test_bad_input.py tests/security/test_walker.py tests/security/test_markers.py \
		tests/cases/test_search.py tests/mla/test_search.py tests/setup/test_demo.py $(ARGS))

drill-api: export CASES ?= 300
drill-api: export SEED ?= $(shell date +%s)
drill-api: ## every operation of the programming interface with whatever its schema allows, and what it does not
	$(call bootstrap,run -m exchange.testbed pytest -n 2 tests/api/drill_shaken.py $(ARGS))

drill-restore: ## backup, restore into an empty place, point-in-time recovery; figures in .bench/restore.json
	$(call bootstrap,run -m exchange.testbed pytest -s -q tests/backups/drill_restore.py $(ARGS))

drill-crash: ## kill and freeze each process under a load of clicks; figures in .bench/crash.json
	$(call bootstrap,run -m exchange.testbed pytest -s -q tests/setup/drill_crash.py $(ARGS))

drill-compose: ## docker-compose.yml without containers: each command as its service has it, nginx with TLS in front
	$(call bootstrap,run -m exchange.testbed pytest tests/setup/drill_compose.py $(ARGS))

drill-load: export OFFICERS := $(OFFICERS)
drill-load: export SECONDS := $(SECONDS)
drill-load: export CASES := $(CASES)
drill-load: export PAUSE := $(PAUSE)
drill-load: ## officers at desk pace; figures in .bench/load.json
	$(call bootstrap,drill -m benchmarks.load)

shots: ## pictures of each main page of the exercise, in both languages, wide and narrow
	$(call bootstrap,run -m exchange.testbed python tests/e2e/shots.py .demo/shots $(PICTURES))

lint: ## style and imports
	$(call bootstrap,run tools/lint.py)

lock: ## lock files from requirements/*.in
	$(call bootstrap,run tools/lock.py $(ARGS))

clean: ## what make made
	@rm -rf .venv .test .bench .cache .static static/build frontend/node_modules
