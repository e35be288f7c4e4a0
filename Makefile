# Two commands matter: `make run` and `make test`. The rest are parts of them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
export CGO_ENABLED := 0
GO_TAGS := nomsgpack
FRONTEND_SOURCES := $(shell find frontend/src frontend/static frontend/messages frontend/project.inlang frontend/scripts -type f 2>/dev/null) \
  frontend/package.json frontend/package-lock.json frontend/vite.config.ts frontend/tsconfig.json
TEST_DB := $(CURDIR)/tmp/mariadb

.PHONY: help run test test-go test-frontend test-browser screenshots bench lighthouse build build-web setup-tests mariadb openapi fuzz clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

run: build ## build everything and start the demo province on http://localhost:8080
	./bin/nhaso demo

test: setup-tests test-frontend build test-go test-browser ## every test there is
	@echo "all tests passed"

build: build-web bin/nhaso ## the one binary with the web app inside

.PHONY: bin/nhaso
bin/nhaso: build-web
	go build -tags $(GO_TAGS) -ldflags "-s -w" -o bin/nhaso .

frontend/node_modules/.package-lock.json: frontend/package.json frontend/package-lock.json
	cd frontend && npm ci --no-audit --no-fund

build-web: frontend/dist/index.html ## the web app

frontend/dist/index.html: frontend/node_modules/.package-lock.json $(FRONTEND_SOURCES)
	cd frontend && npm run build

setup-tests: ## MariaDB, Chromium, Poppler and LibreOffice Calc from the distribution's packages
	scripts/setup-tests.sh

test-frontend: build-web ## lint, types, unit tests and the size budget of the web app
	cd frontend && npm run types:check && npm run lint && npm run check && npm test && npm run size

test-go: setup-tests frontend/node_modules/.package-lock.json ## Go: vet, format, unit, room and API tests on SQLite and MariaDB
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "run gofmt on:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet -tags $(GO_TAGS) ./...
	trap 'scripts/mariadb.sh stop $(TEST_DB)' EXIT; \
	NHASO_TEST_NODE_REQUIRED=1 NHASO_TEST_OFFICE_REQUIRED=1 NHASO_TEST_MYSQL_REQUIRED=1 NHASO_TEST_MYSQL="$$(scripts/mariadb.sh start $(TEST_DB))" \
	  go test -tags $(GO_TAGS) -timeout 20m ./...

test-browser: setup-tests build ## Playwright and axe against the real binary
	scripts/e2e.sh

screenshots: setup-tests build ## the pictures of docs/screenshots anew
	E2E_PICTURES=1 E2E_DEMO=--history E2E_SCREENS=$(CURDIR)/docs/screenshots scripts/e2e.sh --project screens --no-deps

bench: build setup-tests ## the figures of docs/performance.md
	trap 'scripts/mariadb.sh stop $(CURDIR)/tmp/mariadb-durable' EXIT; \
	NHASO_BENCH_MYSQL="$$(MARIADB_DURABLE=1 scripts/mariadb.sh start $(CURDIR)/tmp/mariadb-durable)" ./bin/nhaso bench

lighthouse: build setup-tests ## performance and accessibility of the pupil's pages on a throttled phone
	scripts/lighthouse.sh

fuzz: ## thirty seconds of fuzzing for every parser
	for f in $$(grep -rlE '^func Fuzz' --include='*_test.go' . | grep -v node_modules | xargs -n1 dirname | sort -u); do \
	  for name in $$(grep -hoE '^func Fuzz[A-Za-z0-9_]*' $$f/*_test.go | sed 's/func //'); do \
	    go test -run '^$$' -fuzz "^$$name$$" -fuzztime 30s $$f; done; done

openapi: ## write the API contract and the client types anew
	go test ./api -run TestOpenAPI -update
	cd frontend && npm run types

clean: ## remove what was built
	rm -rf bin tmp frontend/node_modules
	find frontend/dist -mindepth 1 ! -name .gitkeep -delete
