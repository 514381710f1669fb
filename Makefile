# Everything runs on the Node that .tools/node pins, whatever Node the machine has.
SHELL := /bin/sh
ARCH := $(shell uname -m | sed 's/x86_64/x64/;s/aarch64/arm64/')
NODE_HOME := $(CURDIR)/.tools/node/node_modules/node-linux-$(ARCH)
MACHINE_PATH := $(PATH)
export PATH := $(NODE_HOME)/bin:$(CURDIR)/node_modules/.bin:$(PATH)
export NODE_OPTIONS := --conditions=source --disable-warning=ExperimentalWarning
VITEST := vitest run

.DEFAULT_GOAL := help
.PHONY: help up down test checks test-unit test-lab test-vm lint image bench faults deps node

help: ## print the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: node ## build what is missing and bring a whole cloud up on this machine (DRIVER=kvm forces VMs)
	@manager/bin/sysvm up --yes $(if $(DRIVER),--driver $(DRIVER))

down: node ## remove everything that `make up` made
	@manager/bin/sysvm down

# The build of images waits for the network; what needs none of them goes on beside it.
test: deps ## run all tests, linters first
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=line checks image
	@$(MAKE) --no-print-directory test-lab test-vm

checks: lint test-unit

test-unit: node ## pure tests: no root, no image
	@$(VITEST) --project unit --project unit-mocked

test-lab: deps image ## namespaces, containers, real daemons
	@$(VITEST) --project alone
	@$(VITEST) --project lab

test-vm: deps image ## the same image in QEMU
	@$(VITEST) --project vm

lint: node ## types, style, dead code, direction of imports
	@tsc -b && biome check --error-on-warnings . && node test/house/imports.ts && knip

image: deps ## build the system-VM and guest images, or find them in the cache
	@node images/build/main.ts

bench: deps image ## run the benchmarks; ONLY=name runs one
	@node test/bench/main.ts $(ONLY)

faults: deps image ## 100 random faults of a pair of routers under traffic; COUNT=n and SEED=n choose
	@SYSVM_FAULTS=$(or $(COUNT),100) SYSVM_SEED=$(or $(SEED),$(shell date +%s)) $(VITEST) --retry 0 --project lab test/fault/pair-faults.test.ts

deps: node ## install the Debian packages that build, host, demo and tests need
	@.tools/install-packages build host manager demo test

node: node_modules/.stamp

node_modules/.stamp: package-lock.json .tools/node/package-lock.json
	@PATH='$(MACHINE_PATH)' .tools/install-node
	@touch $@
