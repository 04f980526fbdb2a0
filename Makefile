# From committed run logs to verified figures. `make help` lists what there is.
#
#   logs -> run store -> fits -> bootstrap, optima -> figures, verification

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

# Two studies with one set of rules: the lab's runs are measured, the paper's are reconstructed. A third, theory, has
# runs and figures of its own, but no laws.
studies := lab paper
all_studies := $(studies) theory
paper_logs := $(addprefix results/paper/logs/,$(addsuffix .jsonl,fixed-ratio isoFLOP long protocol-1 protocol-2 protocol-3))
lab_logs := $(sort $(wildcard results/lab/logs/*.jsonl))
theory_logs := $(sort $(wildcard results/theory/logs/*.jsonl))
# What a fit on the weaker runs is fitted to: the paper's cuts, and in the lab, whose losses are others, two thirds.
lab_weaker_supervised := --weaker-fraction 0.6667
lab_weaker_distillation := --weaker-fraction 0.6667
paper_weaker_supervised := --minimum-loss 2.2
paper_weaker_distillation := --minimum-loss 2.3
# Files have two digits, so that they sort.
law_figures := $(sort 01 02 03 04 05 06 07 08 09 $(shell seq 13 34) 36 37 38 39 40 41 profiles diagnostics)
paper_figures := $(law_figures) figure-law
# How to distil: a figure is there as soon as its sweep's log is.
practice_calibration := 35 $(shell seq 42 50)
practice_logs = $(wildcard $(addprefix results/lab/logs/,$(addsuffix .jsonl,$(1))))
lab_figures := $(law_figures) learning-rate \
  $(if $(call practice_logs,calibration),$(practice_calibration)) \
  $(if $(call practice_logs,mixing),51) $(if $(call practice_logs,temperature),52) \
  $(if $(call practice_logs,distillation-learning-rate),53) $(if $(call practice_logs,truncation),54)
theory_figures := 10 11 12

laws := supervised distillation
fit_names := $(foreach law,$(laws),fit-$(law).json fit-$(law)-extrapolation.json) fit-chinchilla.json
# The paper's intervals, those of posterior samples, and the profiles that show what runs leave open.
bootstrap_names := $(laws:%=bootstrap-%.json)
likelihood_names := $(laws:%=likelihood-%.json)
profile_names := $(laws:%=profile-%.json)
planning_names := optima.csv reach.csv
table_names := $(foreach number,02 03 06 09 10 11 12 13,$(foreach kind,md csv tex,table-$(number).$(kind)))
stores := $(all_studies:%=$(work)/%/runs.sqlite)
fits := $(foreach study,$(studies),$(fit_names:%=results/$(study)/%))
bootstraps := $(foreach study,$(studies),$(bootstrap_names:%=results/$(study)/%))
likelihoods := $(foreach study,$(studies),$(likelihood_names:%=results/$(study)/%))
profiles := $(foreach study,$(studies),$(profile_names:%=results/$(study)/%))
plans := $(foreach study,$(studies),$(planning_names:%=results/$(study)/%))
tables := $(foreach study,$(studies),$(table_names:%=results/$(study)/%))
verifications := $(foreach study,$(studies),results/$(study)/verification.json results/$(study)/verification.md)
coverages := $(addprefix results/,$(addsuffix .json,$(addprefix paper/coverage-,$(laws) teachers) lab/coverage-distillation))
lab_findings := $(addprefix results/lab/,findings.json findings.md practice.json practice.md \
  $(if $(call practice_logs,kl-direction),table-07.md table-07.csv table-07.tex))
figure_law := results/paper/figure-law.json results/paper/figure-law.md
theory_note := results/theory/capacity-gap.json results/theory/capacity-gap.md
comparisons := $(foreach study,$(studies),results/$(study)/model-comparison.json results/$(study)/model-comparison.md)
figure_files = $(foreach name,$($(1)_figures),figures/$(1)/figure-$(name).svg figures/$(1)/figure-$(name).png)
all_figures := $(foreach study,$(all_studies),$(call figure_files,$(study)))
gallery := figures/index.html

resamples := 4096

.PHONY: all figures gallery ingest fit bootstrap profiles optimize figure-law-test tables compare coverage verify findings theory test corpus sweep theory-sweep reconstruct bench clean help dependencies

all: $(all_figures) $(tables) $(likelihoods) $(profiles) $(comparisons) $(lab_findings) $(figure_law) $(theory_note) $(verifications) $(gallery) ## everything, from committed logs to verified figures
	@echo "figures are in $(gallery), errors against their targets in results/*/verification.md"

figures: $(all_figures) ## every figure
gallery: $(gallery) ## a page with every figure
ingest: $(stores) ## run logs into the run store
fit: $(fits) ## the laws
bootstrap: $(bootstraps) $(likelihoods) ## confidence intervals
profiles: $(profiles) ## how far each coefficient may go before the law fits worse
optimize: $(plans) ## the compute-optimal plans
figure-law-test: $(figure_law) ## which B' the labels of the paper's figures follow
tables: $(tables) ## the paper's tables: coefficients, scenarios, models and what they cost
compare: $(comparisons) ## the distillation law beside simpler and richer ones
coverage: $(coverages) ## how often intervals hold the truth, in simulated studies (an hour and a half, resumable)
findings: $(lab_findings) ## the paper's questions, answered from the lab's distillations
theory: $(theory_note) $(call figure_files,theory) ## the capacity gap in kernel regression and on the Mapping Problem
reconstruct: $(paper_logs) ## the paper study's runs
verify: $(fits) $(stores) $(build)/distill-verify ## print the errors against their targets
	missed=0; for study in $(studies); do $(call verification,$$study) || missed=1; done; exit $$missed

# `make figure-36` redoes one figure in the studies that have it, `make figure-5` is `make figure-05`.
figure_names := $(sort $(foreach study,$(all_studies),$($(study)_figures)))
.PHONY: $(addprefix figure-,$(figure_names) $(patsubst 0%,%,$(figure_names)))
$(foreach study,$(all_studies),$(foreach name,$($(study)_figures),$(eval figure-$(name): figures/$(study)/figure-$(name).svg)))
$(foreach name,$(filter 0%,$(figure_names)),$(eval figure-$(name:0%=%): figure-$(name)))

dependencies: ## C libraries and fonts, installed where they are missing
	@Scripts/dependencies.sh

$(built): $(sources) | dependencies
	swift build -c release --quiet
	@touch $@

# One build makes them all, but a stage runs again only if its own executable changed: make looks at the
# file's time after this rule, which does nothing.
$(addprefix $(build)/distill-,bootstrap compare corpus coverage findings fit gallery ingest law-test optimize plan profile reconstruct render tables theory train verify): $(built) ;

# Drawn anew when the generator changes; a log that came out as it was keeps its time.
$(work)/paper/reconstructed: $(build)/distill-reconstruct
	$(build)/distill-reconstruct --output $(@D)/logs
	@touch $@
$(paper_logs): results/paper/logs/%.jsonl: $(work)/paper/reconstructed
	@$(call keep,$(work)/paper/logs/$*.jsonl)

# A result that came out as it was keeps its time, so that nothing after it is made again.
keep = cmp -s $(1) $@ || { mkdir -p $(@D) && cp $(1) $@.new && mv $@.new $@; }

# In what follows, $* is the study.
.SECONDEXPANSION:

# The folder too, for a log that is gone. What is stored follows from the logs, so a store is made anew; the old
# one stays until the new one is whole.
$(stores): $(work)/%/runs.sqlite: $$($$*_logs) results/%/logs $(build)/distill-ingest
	@$(if $($*_logs),,echo "results/$*/logs holds no runs; make sweep trains them" >&2; exit 1)
	@mkdir -p $(@D) && rm -f $@.new $@.new-journal
	$(build)/distill-ingest --study $* --store $@.new $($*_logs) || { rm -f $@.new; exit 1; }
	@mv $@.new $@
$(all_studies:%=results/%/logs): results/%/logs: | $$($$*_logs)

$(work)/%/fit-supervised.json: $(work)/%/runs.sqlite $(build)/distill-fit
	$(build)/distill-fit --law supervised --runs $< --output $@

$(work)/%/fit-supervised-extrapolation.json: $(work)/%/runs.sqlite $(build)/distill-fit
	$(build)/distill-fit --law supervised $($*_weaker_supervised) --runs $< --output $@

# L~_S is the study's own supervised law, fitted on all its supervised runs.
$(work)/%/fit-distillation.json: $(work)/%/runs.sqlite results/%/fit-supervised.json $(build)/distill-fit
	$(build)/distill-fit --law distillation --supervised results/$*/fit-supervised.json --runs $< --output $@

$(work)/%/fit-distillation-extrapolation.json: $(work)/%/runs.sqlite results/%/fit-supervised.json $(build)/distill-fit
	$(build)/distill-fit --law distillation --supervised results/$*/fit-supervised.json $($*_weaker_distillation) \
	  --runs $< --output $@

$(work)/%/fit-chinchilla.json: $(work)/%/runs.sqlite $(build)/distill-fit
	$(build)/distill-fit --law chinchilla --runs $< --output $@

# The fit names the runs that it was made from, so that new runs come with a new fit. Laws that are drawn by their
# likelihood go with the plans that are made from them, and are too many to be committed.
define interval_rules
$(work)/%/bootstrap-$(1).json: results/%/fit-$(1).json $(build)/distill-bootstrap | $(work)/%/runs.sqlite
	$(call bootstrap,$(1))
$(work)/%/likelihood-$(1).json: results/%/fit-$(1).json $(build)/distill-bootstrap | $(work)/%/runs.sqlite
	$(call bootstrap,$(1)) --method likelihood --samples $(work)/$$*/laws-$(1).csv
$(work)/%/profile-$(1).json: results/%/fit-$(1).json $(build)/distill-profile | $(work)/%/runs.sqlite
	$(build)/distill-profile --runs $(work)/$$*/runs.sqlite --fit $$< --output $$@
endef
bootstrap = $(build)/distill-bootstrap --law $(1) --runs $(work)/$$*/runs.sqlite --fit $$< --resamples $(resamples) --output $$@
$(foreach law,$(laws),$(eval $(call interval_rules,$(law))))

$(fits) $(bootstraps) $(likelihoods) $(profiles) $(plans): results/%: $(work)/%
	@$(call keep,$<)

# The paper's plans are of its law with B' as its figures have it, the lab's of its own.
lab_law := results/lab/fit-distillation.json
define planning_rule
$(addprefix $(work)/$(1)/,$(planning_names)) &: $($(1)_law) $(build)/distill-optimize
	$(build)/distill-optimize --study $(1) --law $(or $($(1)_law),figures) --results $(work)/$(1)
endef
$(foreach study,$(studies),$(eval $(call planning_rule,$(study))))

# From the paper's figures and the law alone: no run enters.
$(figure_law) &: data/paper-figures.json $(build)/distill-law-test
	$(build)/distill-law-test --marks $< --results results/paper

define table_rule
$(addprefix results/$(1)/,$(table_names)) &: $(addprefix results/$(1)/,$(fit_names) $(bootstrap_names) optima.csv) $(build)/distill-tables
	$(build)/distill-tables --study $(1) --results results/$(1)
endef
$(foreach study,$(studies),$(eval $(call table_rule,$(study))))

verification = $(build)/distill-verify --study $(1) --runs $(work)/$(1)/runs.sqlite --results results/$(1)
# The report is written when a target is missed, too, and stays: what passed is marked elsewhere.
$(work)/%/verified: $(addprefix results/%/,$(fit_names)) $(work)/%/runs.sqlite $(build)/distill-verify
	$(call verification,$*)
	@touch $@
define verification_rule
results/$(1)/verification.json results/$(1)/verification.md &: $(work)/$(1)/verified
	@test -e results/$(1)/verification.json -a -e results/$(1)/verification.md || $(call verification,$(1))
endef
$(foreach study,$(studies),$(eval $(call verification_rule,$(study))))

define comparison_rule
results/$(1)/model-comparison.json results/$(1)/model-comparison.md &: results/$(1)/fit-distillation.json \
    $(build)/distill-compare | $(work)/$(1)/runs.sqlite
	$(build)/distill-compare --study $(1) --runs $(work)/$(1)/runs.sqlite --results results/$(1)
endef
$(foreach study,$(studies),$(eval $(call comparison_rule,$(study))))

# Not in `all`: hundreds of simulated studies are fitted. To save time only every so many of the distillations are
# drawn anew. In `teachers` a teacher's students share as much noise as every run has of its own. The paper's law is
# drawn from as table 6 prints it. The lab's own law is drawn from with the noise that its repeated runs have.
define coverage_rule
results/$(1)/coverage-$(2).json results/$(1)/coverage-$(2).md &: $(3) $(build)/distill-coverage | $(work)/$(1)/runs.sqlite
	$(build)/distill-coverage --resamples 100 --study $(1) --runs $(work)/$(1)/runs.sqlite \
	  --log $(work)/$(1)/coverage-$(2).jsonl --results results/$(1) --name coverage-$(2) $(4)
endef
$(eval $(call coverage_rule,paper,supervised,,--law supervised --truth printed))
$(eval $(call coverage_rule,paper,distillation,,--every 6 --truth printed))
$(eval $(call coverage_rule,paper,teachers,,--every 6 --teacher-noise 0.004 --truth printed))
$(eval $(call coverage_rule,lab,distillation,$(lab_law),--every 3 --truth $(lab_law)))

direction_speeds := $(wildcard results/bench/direction.jsonl)
$(lab_findings) &: results/lab/fit-distillation.json $(direction_speeds) $(build)/distill-findings | $(work)/lab/runs.sqlite
	$(build)/distill-findings --study lab --runs $(work)/lab/runs.sqlite --results results/lab $(direction_speeds:%=--speeds %)

define figure_rule
figures/$(1)/figure-$(2).svg figures/$(1)/figure-$(2).png &: \
    $(addprefix results/$(1)/,$(fit_names) $(bootstrap_names) $(planning_names)) \
    $(if $(filter profiles,$(2)),$(profile_names:%=results/$(1)/%)) $(if $(filter figure-law,$(2)),$(figure_law)) $(work)/$(1)/runs.sqlite $(build)/distill-render
	$(build)/distill-render --study $(1) --figure $(2:0%=%) --runs $(work)/$(1)/runs.sqlite --results results/$(1) \
	  --output figures/$(1)
endef
$(foreach study,$(studies),$(foreach name,$($(study)_figures),$(eval $(call figure_rule,$(study),$(name)))))

$(theory_note) &: $(work)/theory/runs.sqlite $(build)/distill-theory
	$(build)/distill-theory --runs $< --results results/theory

# Kernel regression needs no runs.
define theory_figure_rule
figures/theory/figure-$(1).svg figures/theory/figure-$(1).png &: $(build)/distill-render $(2)
	$(build)/distill-render --study theory --figure $(1) $(2:%=--runs %) --output figures/theory
endef
$(eval $(call theory_figure_rule,10))
$(foreach name,11 12,$(eval $(call theory_figure_rule,$(name),$(work)/theory/runs.sqlite)))

$(gallery): $(all_figures) $(build)/distill-gallery
	$(build)/distill-gallery --figures figures --results results --output $@

test: dependencies ## build and run all tests
	swift build -c release --build-tests --quiet
	swift test -c release --skip-build

corpus: $(work)/corpus/corpus.txt ## the training text, from Debian packages
$(work)/corpus/corpus.txt: Scripts/corpus.sh $(build)/distill-corpus
	Scripts/corpus.sh $(build)/distill-corpus $@

# The order in which the fit needs them.
sweeps := isoFLOP seeds fixed-ratio long learning-rate protocol-1 protocol-2 baseline protocol-3 distillation-seeds \
  kl-direction calibration mixing temperature distillation-learning-rate truncation capacity-gap strong-teachers
theory_sweeps := teacher-width teacher-steps draws
sweep: $(build)/distill-train corpus theory-sweep ## train the runs of the lab and of theory that are not in the logs (hours, resumable)
	for sweep in $(sweeps); do \
	  $(build)/distill-train sweep Sweeps/$$sweep.json --log results/lab/logs/$$sweep.jsonl; \
	done
theory-sweep: $(build)/distill-train ## the runs of theory alone
	for sweep in $(theory_sweeps); do \
	  $(build)/distill-train sweep Sweeps/theory/$$sweep.json --log results/theory/logs/$$sweep.jsonl; \
	done

bench: $(built) $(work)/paper/runs.sqlite ## compare with PyTorch and SciPy; PYTHON names an interpreter that has them
	Scripts/bench/bench.sh $(build) results/bench

clean: ## remove what is built, but no results
	rm -rf $(work) .build

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1|\2/p' Makefile | column -t -s '|'
	@echo "  make figure-N   one figure, for example figure-36"
