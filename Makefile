# Holdfast, from nothing: `make run` on a bare Debian 12 with a Swift toolchain.
#
# Only apt packages are installed, and only missing ones; everything else is in the tree.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help deps deps-test build release run test test-swift test-tools test-kafka test-unit-file
.PHONY: simulate torture fuzz fuzz-guided bench check clean

BUILD_PACKAGES := librdkafka-dev libsqlite3-dev libsimdjson-dev libpcre2-dev libyaml-dev \
	libxxhash-dev libssl-dev pkg-config python3
TEST_PACKAGES := openjdk-17-jre-headless kcat openssl faketime
IMPORT_CHECK := --explicit-target-dependency-import-check error
PYTHON := /usr/bin/env python3

# Kafka's launcher and jars are found beside the tree, or named by KAFKA_BROKER and KAFKA_LIBS.
# Numbers of the kill runs that belong to `make test`; more with `make test KILL_RUN="--kills 80"`.
KILL_RUN ?= --events 200000 --kills 40 --workers 1
KILL_RUN_THREE ?= --events 200000 --kills 40 --workers 3 --delete-state

help: ## this list
	@echo "Holdfast: a critical failure holds its lot, exactly once."
	@echo
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' \
		| expand -t 24

deps: ## installs what building needs and the machine lacks
	@.ci/install $(BUILD_PACKAGES)

deps-test: deps ## installs what testing needs besides
	@.ci/install $(TEST_PACKAGES)

build: deps ## builds all, for debugging
	swift build $(IMPORT_CHECK)

release: deps ## builds the command as it is shipped
	swift build -c release --static-swift-stdlib --product holdfast

run: deps ## builds the command and shows a shift of a plant: `holdfast demo`
	swift build --product holdfast
	@.build/debug/holdfast demo

test: deps-test test-swift simulate test-tools test-unit-file test-kafka ## all tests; real Kafka too

test-swift: deps
	swift build --build-tests $(IMPORT_CHECK)
	swift test --skip-build

# A seed that fails is printed with the command that replays it; it then belongs into
# Tests/SimulationTests/seeds.txt.
SEEDS ?= 2000
SEED_FROM ?= 1
simulate: deps ## bad days for the worker, by seed, in memory: SEEDS=2000 SEED_FROM=1
	swift build -c release --product holdfast
	.build/release/holdfast simulate --seed $(SEED_FROM) --seeds $(SEEDS) --jobs $(shell nproc)
	Tests/Tools/canaries.sh .build/release/holdfast

test-tools: ## the oracle's own tests
	$(PYTHON) -m unittest discover -q -s Tests/Oracle -p 'test_*.py'
	$(PYTHON) -m unittest discover -q -s Tests/Tools -p 'test_*.py'
	$(PYTHON) -m unittest discover -q -s Tests/Bench -p 'test_*.py'

test-unit-file:
	@if command -v systemd-analyze >/dev/null; then deploy/verify-unit; \
	else echo "NOT TESTED: the systemd unit (no systemd-analyze here)"; fi

# Without jars nothing on Kafka can be tested: said loudly, and a failure where CI is set.
test-kafka: deps-test ## the tests on real Kafka alone
	swift build --product holdfast
	$(PYTHON) Tests/Kafka/all.py "$(KILL_RUN)" "$(KILL_RUN_THREE)"

# MINUTES of wall clock in all; a SEED gives the same schedule again; FAULTS=kill,network-long those
# alone; KILLS=1000 kills workers as fast as they come back, until so many are dead.
MINUTES ?= $(if $(KILLS),,5)
TORTURE ?= $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED)) \
	$(if $(KILLS),--kills $(KILLS)) $(if $(FAULTS),--faults $(FAULTS))
torture: deps-test ## kills, freezes, cuts, full disks, clocks: MINUTES=5 SEED= KILLS= FAULTS=
	swift build --product holdfast
	$(PYTHON) Tests/Torture/torment.py $(TORTURE)

# BENCH="--quick --only pipeline,dedupe", BENCH=--write-page, ... : Tests/Bench/bench.py --help.
BENCH ?= --compare

bench: deps-test release ## speed, as ratios within one run on real Kafka; the page: BENCH=--write-page
	swift build -c release --static-swift-stdlib --product holdfast-bench
	$(PYTHON) Tests/Bench/bench.py $(BENCH)

# Built apart from the rest: with optimisation, and nobody's debug build is thrown away for it.
# `make fuzz RUNS=10000000` is the whole; `make fuzz TARGET=records SEED=7 MINUTES=5` a part.
fuzz: deps ## two minutes of bytes that nobody would send
	swift build -c release --product holdfast-fuzz --scratch-path .build/fuzz
	SWIFT_BACKTRACE=enable=no .build/fuzz/release/holdfast-fuzz run --target $(or $(TARGET),all) \
		$(if $(SEED),--seed $(SEED)) $(if $(RUNS),--runs $(RUNS),--minutes $(or $(MINUTES),2))

# -sanitize goes to the compiler alone: the linker would add libFuzzer's own main beside ours.
SWIFT_HOME = $(dir $(realpath $(shell command -v swiftc)))..
LIBFUZZER = $(firstword $(wildcard $(SWIFT_HOME)/lib/clang/*/lib/linux/libclang_rt.fuzzer_no_main-*.a))
fuzz-guided: deps ## libFuzzer on one TARGET, with its own WORDS
	swift build -c release --product holdfast-fuzz --scratch-path .build/guided \
		-Xswiftc -DHOLDFAST_LIBFUZZER -Xswiftc -Xfrontend -Xswiftc -sanitize=fuzzer \
		-Xcxx -fsanitize=fuzzer-no-link -Xlinker $(LIBFUZZER) -Xlinker -lstdc++
	mkdir -p .build/guided/corpus/$(TARGET)
	SWIFT_BACKTRACE=enable=no .build/guided/release/holdfast-fuzz guided --target $(TARGET) \
		.build/guided/corpus/$(TARGET) Tests/Fuzz/Corpus/$(TARGET) \
		$(foreach word,$(or $(WORDS),-max_total_time=120 -timeout=5),$(word))

check: deps ## formatting, style, imports, documents
	swift format lint --strict -r Sources Tests Package.swift
	swift build --build-tests $(IMPORT_CHECK)
	swift test --skip-build --filter StyleTests
	$(PYTHON) -m compileall -q Tests/Oracle Tests/Tools Tests/Kafka Tests/Bench Tests/Torture

clean: ## removes what was built
	rm -rf .build
	find Tests -name __pycache__ -type d -prune -exec rm -rf {} +
