# What there is to do here; `make help` lists it. ARGS is handed on: make test ARGS=tests/unit
VENV ?= .venv
export VENV
BIN = $(VENV)/bin
CHECKED = shared services deploy

.DEFAULT_GOAL := help
.PHONY: help up test lint mutations bench bench-grading bench-sla outage storm image compose lock

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

up: ## install what is missing, then all five services in one process, with a private MongoDB
	@requirements/install embedded
	@exec $(BIN)/redress up $(ARGS)

test: ## every test, on a real RabbitMQ and a real MongoDB
	@requirements/install dev
	$(BIN)/python -m pytest $(ARGS)

lint: ## ruff, mypy --strict, import-linter
	@requirements/install dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict $(CHECKED)
	$(BIN)/lint-imports

mutations: ## ten thousand spoiled messages on each of the six queues (ARGS="-k grading" for one)
	@requirements/install dev
	REDRESS_TEST_MUTATIONS=10000 $(BIN)/python -m pytest tests/bad_input/test_queues.py $(ARGS)

bench: ## measure, and print what was measured
	@requirements/install dev
	$(BIN)/python -m tests.benchmark.bench_system $(ARGS)

bench-grading: ## how much grading does, beside two other engines (ARGS="--past 20000" for a short one)
	@requirements/install dev
	$(BIN)/python -m tests.benchmark.bench_grading $(ARGS)

bench-sla: ## measure sla alone: a million open clocks, firing lag, catching up (ARGS="--open 10000" for a short one)
	@requirements/install dev
	$(BIN)/python -m tests.benchmark.bench_sla $(ARGS)

outage: ## N timers (100000) fall due within SECONDS (600) while no sla runs; all fire when it is back
	@requirements/install dev
	REDRESS_TEST_TIMERS=$(or $(N),100000) REDRESS_TEST_OUTAGE_SECONDS=$(or $(SECONDS),600) \
	$(BIN)/python -m pytest tests/faults/test_outage.py $(ARGS)

storm: ## N complaints (20000) while everything is killed at random; SEED=7 repeats one; ARGS=--timers strikes sla only
	@requirements/install dev
	$(BIN)/python -m tests.storm --complaints $(or $(N),20000) $(if $(SEED),--seed $(SEED)) $(ARGS)

image: ## the images of the five services
	docker compose build

compose: ## the whole system in containers, in the foreground
	docker compose up --build

lock: ## write requirements/*.txt anew from pyproject.toml (ARGS=--upgrade for newer versions)
	@requirements/install dev
	UV=$(BIN)/uv requirements/lock $(ARGS)
