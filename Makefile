# One place for what people and CI run; `make` alone says what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
DOTNET ?= dotnet
CONFIGURATION ?= Release
QUIET := --nologo -v quiet -clp:NoSummary

.PHONY: help build tools test test-unit test-interop demo demo-vip bench bench-bgp bench-vip lint clean

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

build: ## Build out/controller, out/speaker and out/vipd (one self-contained file each) and every test program
	@$(DOTNET) build LoadBalancer.sln -c $(CONFIGURATION) $(QUIET)
	@for daemon in controller speaker vipd; do $(DOTNET) publish $$daemon -c $(CONFIGURATION) -o out $(QUIET); done

tools: ## Install what the network lab needs from Debian, by name (root)
	@tests/install-tools.sh

test: tools build ## Run every test: unit, simulation, fuzz, network, end to end (root)
	@tests/run.sh all

test-unit: ## Run the tests that need no privilege
	@$(DOTNET) build LoadBalancer.sln -c $(CONFIGURATION) $(QUIET)
	@tests/run.sh unit

test-interop: tools build ## Run beside real routers: FRR, BIRD, GoBGP, OpenBGPD, ExaBGP, keepalived (root)
	@tests/run.sh interop

demo: tools build ## Show the main job in the network lab, step by step (root)
	@tests/Lab/bin/$(CONFIGURATION)/net10.0/lab demo

demo-vip: tools build ## Show vipd in the network lab: an address that moves, with every gap (root)
	@tests/Lab/bin/$(CONFIGURATION)/net10.0/lab demo-vip

bench: tools build ## Measure, each figure beside its peer in the same run (root)
	@tests/Benchmarks/bin/$(CONFIGURATION)/net10.0/bench

bench-bgp: tools build ## Measure BGP and BFD alone, beside real routers (root); sizes by environment, see CONTRIBUTING.md
	@tests/Benchmarks/bin/$(CONFIGURATION)/net10.0/bench bgp

bench-vip: tools build ## Measure vipd alone, beside keepalived (root); sizes by environment, see CONTRIBUTING.md
	@tests/Benchmarks/bin/$(CONFIGURATION)/net10.0/bench vip

lint: ## Check format, analyzers, file sizes and the rules no analyzer knows
	@tests/lint.sh

clean: ## Remove everything that was built
	@rm -rf out artifacts
	@find . -name bin -o -name obj | grep -vE '/\.git/' | xargs -r rm -rf
