# From committed run logs to verified figures. `make help` lists what there is.
#
#   logs -> run store -> fits -> bootstrap -> figures, verification

.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

build := .build/release
work := build
# Beside what it stands for, so that they go together.
built := .build/built
# Folders too: a file that is gone leaves no other trace.
sources := $(shell find Sources) Package.swift

lab := results/lab
lab_logs := $(sort $(wildcard $(lab)/logs/*.jsonl))
lab_store := $(work)/lab/runs.sqlite
lab_laws := supervised distillation
lab_fits := $(foreach law,$(lab_laws),$(lab)/fit-$(law).json $(lab)/fit-$(law)-extrapolation.json) $(lab)/fit-chinchilla.json
lab_bootstrap := $(foreach law,$(lab_laws),$(lab)/bootstrap-$(law).json)
lab_findings := $(lab)/findings.json $(lab)/findings.md
lab_tables := $(foreach kind,md csv tex,$(lab)/table-06.$(kind))
lab_verification := $(lab)/verification.json $(lab)/verification.md
lab_verified := $(work)/lab/verified
# Files have two digits, so that they sort.
lab_figures := 02 03 05 36 38 39 learning-rate
lab_figure_files := $(foreach figure,$(lab_figures),figures/lab/figure-$(figure).svg figures/lab/figure-$(figure).png)

resamples := 4096

.PHONY: all figures ingest fit bootstrap verify findings test corpus sweep bench clean help dependencies

all: $(lab_figure_files) $(lab_tables) $(lab_findings) $(lab_verification) ## everything, from committed logs to verified figures
	@echo "figures are in figures/, errors against their targets in $(lab)/verification.md"

figures: $(lab_figure_files) ## every figure
ingest: $(lab_store) ## run logs into the run store
fit: $(lab_fits) ## the laws
bootstrap: $(lab_bootstrap) ## confidence intervals
findings: $(lab_findings) ## the paper's questions, answered from the lab's distillations
verify: $(lab_fits) $(lab_store) $(build)/distill-verify ## print the errors against their targets
	$(verification)

# `make figure-36` redoes one figure, `make figure-5` is `make figure-05`.
.PHONY: $(addprefix figure-,$(lab_figures) $(patsubst 0%,%,$(lab_figures)))
$(addprefix figure-,$(lab_figures)): figure-%: figures/lab/figure-%.svg figures/lab/figure-%.png
$(foreach figure,$(filter 0%,$(lab_figures)),$(eval figure-$(figure:0%=%): figure-$(figure)))

dependencies: ## C libraries and fonts, installed where they are missing
	@Scripts/dependencies.sh

$(built): $(sources) | dependencies
	swift build -c release --quiet
	@touch $@

# One build makes them all, but a stage runs again only if its own executable changed: make looks at the
# file's time after this rule, which does nothing.
$(addprefix $(build)/distill-,bootstrap corpus findings fit ingest render tables train verify): $(built) ;

# The folder too, for a log that is gone. What is stored follows from the logs, so a store is made anew; the old
# one stays until the new one is whole.
$(lab_store): $(lab_logs) $(lab)/logs $(build)/distill-ingest
	@mkdir -p $(@D) && rm -f $@.new $@.new-journal
	$(build)/distill-ingest --study lab --store $@.new $(lab_logs) || { rm -f $@.new; exit 1; }
	@mv $@.new $@

$(work)/lab/fit-supervised.json: $(lab_store) $(build)/distill-fit
	$(build)/distill-fit --law supervised --runs $(lab_store) --output $@

$(work)/lab/fit-supervised-extrapolation.json: $(lab_store) $(build)/distill-fit
	$(build)/distill-fit --law supervised --weaker-fraction 0.6667 --runs $(lab_store) --output $@

# L~_S is the supervised law's, fitted on all supervised runs.
$(work)/lab/fit-distillation.json: $(lab_store) $(lab)/fit-supervised.json $(build)/distill-fit
	$(build)/distill-fit --law distillation --supervised $(lab)/fit-supervised.json --runs $(lab_store) --output $@

$(work)/lab/fit-distillation-extrapolation.json: $(lab_store) $(lab)/fit-supervised.json $(build)/distill-fit
	$(build)/distill-fit --law distillation --supervised $(lab)/fit-supervised.json --weaker-fraction 0.6667 --runs $(lab_store) --output $@

$(work)/lab/fit-chinchilla.json: $(lab_store) $(build)/distill-fit
	$(build)/distill-fit --law chinchilla --runs $(lab_store) --output $@

# The fit names the runs that it was made from, so that new runs come with a new fit.
$(work)/lab/bootstrap-%.json: $(lab)/fit-%.json $(build)/distill-bootstrap | $(lab_store)
	$(build)/distill-bootstrap --law $* --runs $(lab_store) --fit $< --resamples $(resamples) --output $@

# A result that came out as it was keeps its time, so that nothing after it is made again.
$(lab_fits) $(lab_bootstrap): $(lab)/%.json: $(work)/lab/%.json
	@cmp -s $< $@ || { mkdir -p $(@D) && cp $< $@.new && mv $@.new $@; }

# The report is written when a target is missed, too, and stays: what passed is marked elsewhere.
verification := $(build)/distill-verify --study lab --runs $(lab_store) --results $(lab)
$(lab_verified): $(lab_fits) $(lab_store) $(build)/distill-verify
	$(verification)
	@touch $@
$(lab_verification) &: $(lab_verified)
	@test -e $(word 1,$(lab_verification)) -a -e $(word 2,$(lab_verification)) || $(verification)

$(lab_findings) &: $(lab)/fit-distillation.json $(build)/distill-findings | $(lab_store)
	$(build)/distill-findings --study lab --runs $(lab_store) --results $(lab)

$(lab_tables) &: $(lab_fits) $(lab_bootstrap) $(build)/distill-tables
	$(build)/distill-tables --study lab --results $(lab)

figures/lab/figure-%.svg figures/lab/figure-%.png: $(lab_fits) $(lab_bootstrap) $(lab_store) $(build)/distill-render
	$(build)/distill-render --study lab --figure $(patsubst 0%,%,$*) --runs $(lab_store) --results $(lab) --output figures/lab

test: dependencies ## build and run all tests
	swift build -c release --build-tests --quiet
	swift test -c release --skip-build

corpus: $(work)/corpus/corpus.txt ## the training text, from Debian packages
$(work)/corpus/corpus.txt: Scripts/corpus.sh $(build)/distill-corpus
	Scripts/corpus.sh $(build)/distill-corpus $@

# The order in which the fit needs them.
sweeps := isoFLOP seeds fixed-ratio long learning-rate protocol-1 protocol-2 baseline protocol-3 distillation-seeds
sweep: $(build)/distill-train corpus ## train the lab's runs that are not in its logs (hours, resumable)
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
