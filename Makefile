# From committed run logs to verified figures. `make help` lists what there is.
#
#   logs -> run store -> fits -> bootstrap -> figures, verification

.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

build := .build/release
work := build
# What a stage is, for every rule that runs one.
built := $(work)/built
ready := $(work)/dependencies

sources := $(shell find Sources -type f) Package.swift

lab := results/lab
lab_logs := $(sort $(wildcard $(lab)/logs/*.jsonl))
lab_store := $(work)/lab/runs.sqlite
lab_fits := $(lab)/fit-supervised.json $(lab)/fit-supervised-extrapolation.json $(lab)/fit-chinchilla.json
lab_bootstrap := $(lab)/bootstrap-supervised.json
lab_verification := $(lab)/verification.json $(lab)/verification.md
lab_figures := 05 36 learning-rate
lab_figure_files := $(foreach figure,$(lab_figures),figures/lab/figure-$(figure).svg figures/lab/figure-$(figure).png)

resamples := 4096

.PHONY: all figures ingest fit bootstrap verify test corpus sweep bench clean help dependencies

all: $(lab_figure_files) $(lab_verification) ## everything, from committed logs to verified figures
	@echo "figures are in figures/, errors against their targets in $(lab)/verification.md"

figures: $(lab_figure_files) ## every figure
ingest: $(lab_store) ## run logs into the run store
fit: $(lab_fits) ## the laws
bootstrap: $(lab_bootstrap) ## confidence intervals
verify: $(built) $(lab_store) $(lab_fits) ## print the errors against their targets
	$(build)/distill-verify --study lab --runs $(lab_store) --results $(lab)

# `make figure-36` and `make figure-5` redo one figure; files have two digits, so that they sort.
figure-%:
	@$(MAKE) --no-print-directory $(addprefix figures/lab/figure-$(if $(filter $*,$(lab_figures)),,0)$*,.svg .png)

# The libraries, looked for once for each state of the list.
$(ready): Scripts/dependencies.sh
	@Scripts/dependencies.sh
	@mkdir -p $(@D) && touch $@

dependencies: $(ready) ## C libraries and fonts, installed where they are missing

$(built): $(sources) $(ready)
	swift build -c release --quiet
	@mkdir -p $(@D) && touch $@

$(lab_store): $(lab_logs) $(built)
	@rm -f $@
	$(build)/distill-ingest --study lab --store $@ $(lab_logs)

$(lab)/fit-supervised.json: $(lab_store)
	$(build)/distill-fit --law supervised --runs $(lab_store) --output $@

$(lab)/fit-supervised-extrapolation.json: $(lab_store)
	$(build)/distill-fit --law supervised --weaker-fraction 0.6667 --runs $(lab_store) --output $@

$(lab)/fit-chinchilla.json: $(lab_store)
	$(build)/distill-fit --law chinchilla --runs $(lab_store) --output $@

$(lab)/bootstrap-supervised.json: $(lab)/fit-supervised.json
	$(build)/distill-bootstrap --law supervised --runs $(lab_store) --fit $< --resamples $(resamples) --output $@

$(lab_verification) &: $(lab_fits) $(lab_store)
	$(build)/distill-verify --study lab --runs $(lab_store) --results $(lab)

figures/lab/figure-%.svg figures/lab/figure-%.png &: $(lab_fits) $(lab_bootstrap) $(lab_store)
	$(build)/distill-render --study lab --figure $(patsubst 0%,%,$*) --runs $(lab_store) --results $(lab) --output figures/lab

test: $(ready) ## build and run all tests
	swift build -c release --build-tests --quiet
	swift test -c release --skip-build

corpus: $(work)/corpus/corpus.txt ## the training text, from a Debian package
$(work)/corpus/corpus.txt: Scripts/corpus.sh
	Scripts/corpus.sh $@

# The order in which the fit needs them.
sweeps := isoFLOP seeds fixed-ratio long learning-rate
sweep: $(built) corpus ## train the lab's runs that are not in its logs (hours, resumable)
	for sweep in $(sweeps); do \
	  $(build)/distill-train sweep Sweeps/$$sweep.json --log $(lab)/logs/$$sweep.jsonl; \
	done

bench: $(built) ## compare with PyTorch and SciPy; PYTHON names an interpreter that has them
	Scripts/bench/bench.sh $(build) results/bench

clean: ## remove what is built, but no results
	rm -rf $(work) .build

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1|\2/p' Makefile | column -t -s '|'
	@echo "  make figure-N   one figure, for example figure-36"
