# The commands of every day. Each installs what it needs the first time; where it may not install, it names what is missing.
SHELL := bash
.PHONY: help run watch test check unit release clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

run: ## build SellTrac and run a demo business at http://127.0.0.1:3000
	@tools/setup.sh run
	@exec tools/run.sh demo

watch: ## the same, building again and reloading the browser at every change
	@tools/setup.sh run
	@exec tools/run.sh --watch demo

test: ## everything that must pass: format, clippy, rustdoc, tests on both databases, browser tests
	@tools/test.sh

check: ## format, clippy and rustdoc only
	@tools/setup.sh run
	@tools/test.sh format clippy docs

unit: ## the tests of the rules alone, in seconds
	@tools/setup.sh run
	@tools/test.sh unit

release: ## build for production into target/release-bundle
	@tools/setup.sh run
	@tools/build.sh release

clean: ## remove what was built; the installed tools stay
	@. tools/lib.sh && rm -rf "$$CARGO_TARGET_DIR" target end2end/test-results end2end/playwright-report
