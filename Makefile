# Everything is started from here; `make help` lists it. Nothing but the .NET SDK is needed, except where it says so.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

# Backends of the demo: embedded, or debian for real nginx and Apache (installed if missing).
BACKENDS ?= embedded
# Where `make dev` serves.
PORT ?= 8443
# One test project (`make test PROJECT=Gateway.Tests`); all when empty.
PROJECT ?=

# What `make images` names its images after; the chart's default.
IMAGES ?= localhost/portcullis
VERSION = $(shell sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)

# Says something only when it fails.
define build
	@out=$$(dotnet build $(1) -v q --nologo 2>&1) || { echo "$$out" >&2; exit 1; }
endef

DEMO := dotnet demo/bin/Debug/net10.0/Portcullis.Demo.dll

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  make demo BACKENDS=debian        the demo against nginx and Apache"
	@echo "  make dev PORT=8443               where the gateway listens"
	@echo "  make test-cluster KUBECONFIG=f   a disposable namespace in a real cluster"
	@echo "  make test PROJECT=Gateway.Tests"
	@echo "  make images IMAGES=registry.example.com/portcullis"

.PHONY: demo
demo: peers-for-$(BACKENDS) ## a verified request and every kind of refused one
	$(call build,demo/Demo.csproj)
	@$(DEMO) run --backends $(BACKENDS)

.PHONY: dev
dev: ## operator and gateway over samples/, edits picked up live, until Ctrl-C
	$(call build,demo/Demo.csproj)
	@exec $(DEMO) dev --samples samples --port $(PORT)

.PHONY: build
build: ## the whole solution, warnings are errors
	$(call build,Operator.sln)

.PHONY: test
test: peers build ## all tests; on Debian it installs nginx, Apache, openssl, curl and helm for them
	@tests/run.sh $(PROJECT)

.PHONY: test-cluster
test-cluster: ## what we rely on of an API server, against a real one: KUBECONFIG=… or KUBEBUILDER_ASSETS=…
	$(call build,tests/Cluster.Tests)
	@[ -n "$${KUBECONFIG:-}" ] || [ -n "$${KUBEBUILDER_ASSETS:-}" ] \
	  || { echo "Name a cluster: make test-cluster KUBECONFIG=FILE, or KUBEBUILDER_ASSETS=FOLDER with etcd and kube-apiserver." >&2; exit 1; }
	@PORTCULLIS_TEST_CLUSTER=$(if $(KUBECONFIG),1,0) dotnet tests/Cluster.Tests/bin/Debug/net10.0/Portcullis.Cluster.Tests.dll --progress off \
	  --filter-namespace Portcullis.Cluster.Tests.Behaviour

.PHONY: test-browser
test-browser: peers ## a real application under a prefix, used in Chromium; installs both, on Debian
	@tests/install-browser.sh
	$(call build,tests/EndToEnd.Tests)
	@dotnet tests/EndToEnd.Tests/bin/Debug/net10.0/Portcullis.EndToEnd.Tests.dll --progress off --explicit only --filter-namespace Portcullis.EndToEnd.Tests.Browser

.PHONY: compare
compare: ## the same backends and requests through nginx, Apache and HAProxy; the tables go to artifacts/comparison.md
	@tests/install-peers.sh haproxy=haproxy
	$(call build,tests/EndToEnd.Tests)
	@dotnet tests/EndToEnd.Tests/bin/Debug/net10.0/Portcullis.EndToEnd.Tests.dll --progress off --explicit only --filter-namespace 'Portcullis.EndToEnd.Tests.Comparison*'
	@cat artifacts/comparison/*.md > artifacts/comparison.md
	@sed '/^<!--/,/^-->/d' artifacts/comparison.md

# Whole: about ten minutes on two cores that have nothing else to do. Any of them may be set by itself.
SOAK ?= SOAK_FLIPS=10000 SOAK_FLIP_REQUESTS=1000000 SOAK_RESTARTS=20 SOAK_SHORT_REQUESTS=200000 SOAK_LONG_REQUESTS=200 \
        SOAK_ATTACKS=3 SOAK_SLOW_CONNECTIONS=20000 SOAK_STALLED_HANDSHAKES=5000 SOAK_BOMBS=1000

.PHONY: soak
soak: ## flips, restarts and attacks at full length; figures are printed (SOAK="SOAK_FLIPS=100 ..." for less)
	$(call build,tests/EndToEnd.Tests)
	@env $(SOAK) dotnet tests/EndToEnd.Tests/bin/Debug/net10.0/Portcullis.EndToEnd.Tests.dll --progress off --no-ansi --parallel none \
	  --output Detailed --show-live-output on --filter-namespace Portcullis.EndToEnd.Tests.Soak

.PHONY: check
check: ## what CI runs: format, build, tests, room law, golden files unchanged
	@.ci/run

.PHONY: format
format: ## format everything as .editorconfig says
	@dotnet format Operator.sln

.PHONY: format-unchanged
format-unchanged:
	@dotnet format Operator.sln --verify-no-changes --no-restore

.PHONY: golden
golden: ## rewrite the expected files of translation cases and of the chart; review the diff like code
	$(call build,tests/Operator.Tests)
	$(call build,tests/Chart.Tests)
	@UPDATE_GOLDEN=1 dotnet tests/Operator.Tests/bin/Debug/net10.0/Portcullis.Operator.Tests.dll --filter-class '*TranslationCaseTests' --progress off --ignore-exit-code 8
	@UPDATE_GOLDEN=1 dotnet tests/Chart.Tests/bin/Debug/net10.0/Portcullis.Chart.Tests.dll --filter-class '*RenderingCaseTests' --progress off --ignore-exit-code 8

.PHONY: golden-unchanged
golden-unchanged:
	@tests/golden-unchanged.sh

.PHONY: images
images: ## both container images, as IMAGES/operator and IMAGES/gateway
	@for program in operator gateway; do docker build --file deploy/images/$$program.Dockerfile --tag $(IMAGES)/$$program:$(VERSION) .; done

.PHONY: mutants
mutants: ## removes each single check of the validator and wants a red test (Stryker; about half an hour)
	@dotnet tool restore
	@cd tests/Gateway.Tests && dotnet stryker

.PHONY: clean
clean: ## remove everything that was built
	@find src tests demo -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
	@rm -rf artifacts

.PHONY: peers peers-for-debian peers-for-embedded
peers peers-for-debian:
	@tests/install-peers.sh

peers-for-embedded:
