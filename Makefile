# From committed run logs to verified figures. `make help` lists what there is.
#
#   logs -> run store -> fits -> bootstrap, optima -> figures, verification, report
#
# No rule knows a study by its name. Studies/NAME holds one, and distill-study says in build/NAME/study.mk which laws,
# tables and figures its runs allow. `make STUDY=NAME` makes one study, `make` all.

# As many stages at a time as there are processors, unless -j says otherwise: some are done on one.
ifeq ($(filter -j%,$(MAKEFLAGS) $(shell echo "$$MAKEFLAGS")),)
  MAKEFLAGS += -j$(shell nproc)
endif

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
PREFIX ?= /usr/local

all_studies := $(patsubst Studies/%/study.json,%,$(wildcard Studies/*/study.json))
ifdef STUDY
  ifeq ($(filter $(STUDY),$(all_studies)),)
    $(error no study "$(STUDY)" in Studies: there are $(all_studies))
  endif
endif
studies := $(or $(STUDY),$(all_studies))

# What each study has, as distill-study finds it. Goals that are about no study need none of it.
free_goals := help clean dependencies test lint corpus docs install fuzz chaos
ifneq ($(filter-out $(free_goals),$(or $(MAKECMDGOALS),all)),)
  include $(studies:%=$(work)/%/study.mk)
endif

# A study's files in results/ and figures/.
results = $(foreach study,$(studies),$(addprefix results/$(study)/,$($(study)_$(1))))
figure_files = $(foreach name,$($(1)_figures),figures/$(1)/figure-$(name).svg figures/$(1)/figure-$(name).png)
likelihood_names = $($(1)_laws:%=likelihood-%.json)
profile_names = $($(1)_laws:%=profile-%.json)
bootstrap_names = $($(1)_laws:%=bootstrap-%.json)
of_laws = $(foreach study,$(studies),$(addprefix results/$(study)/,$(call $(1),$(study))))

stores := $(studies:%=$(work)/%/runs.sqlite)
fits := $(call results,fits)
bootstraps := $(call of_laws,bootstrap_names)
likelihoods := $(call of_laws,likelihood_names)
profiles := $(call of_laws,profile_names)
plans := $(call results,plans)
tables := $(call results,tables)
findings := $(call results,findings)
comparisons := $(call results,comparison)
figure_law := $(call results,figure_law)
theory_notes := $(call results,gap_note)
coverages := $(foreach study,$(studies),$(foreach name,$($(study)_coverages),Studies/$(study)/coverage/coverage-$(name).json))
with_laws := $(foreach study,$(studies),$(if $($(study)_laws),$(study)))
verifications := $(foreach study,$(with_laws),results/$(study)/verification.json results/$(study)/verification.md)
reports := $(studies:%=results/%/report.md)
figures := $(foreach study,$(studies),$(call figure_files,$(study)))
gallery := figures/index.html

resamples := 4096

.PHONY: all figures gallery ingest fit bootstrap profiles optimize figure-law-test tables compare coverage verify findings theory report test lint corpus sweep sweep-slurm coverage-slurm bootstrap-slurm reconstruct bench clean help dependencies docs install fuzz chaos

all: $(figures) $(tables) $(likelihoods) $(profiles) $(comparisons) $(findings) $(figure_law) $(theory_notes) $(verifications) $(reports) $(gallery) ## everything, from committed logs to verified figures and reports; STUDY=NAME makes one study
	@for study in $(with_laws); do \
	  if [ -e $(work)/$$study/missed ]; then echo "$$study: an error is above its target, see results/$$study/verification.md"; fi; \
	done
	@echo "figures are in $(gallery), reports in $(reports)"

figures: $(figures) ## every figure
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
findings: $(findings) ## the paper's questions, answered from a study's distillations
theory: $(theory_notes) ## the capacity gap in kernel regression and on the Mapping Problem
report: $(reports) ## what a study's runs say, in words
verify: $(fits) $(stores) $(build)/distill-verify ## print the errors against their targets
	missed=0; for study in $(with_laws); do $(call verification,$$study) || missed=1; done; exit $$missed

# `make figure-36` redoes one figure in the studies that have it, `make figure-5` is `make figure-05`.
figure_names := $(sort $(foreach study,$(studies),$($(study)_figures)))
.PHONY: $(addprefix figure-,$(figure_names) $(patsubst 0%,%,$(figure_names)))
$(foreach study,$(studies),$(foreach name,$($(study)_figures),$(eval figure-$(name): figures/$(study)/figure-$(name).svg)))
$(foreach name,$(filter 0%,$(figure_names)),$(eval figure-$(name:0%=%): figure-$(name)))

dependencies: ## C libraries and fonts, installed where they are missing
	@Scripts/dependencies.sh

$(built): $(sources) | dependencies
	swift build -c release --quiet
	@touch $@

# One build makes them all, but a stage runs again only if its own executable changed: make looks at the
# file's time after this rule, which does nothing.
stages := bootstrap compare corpus coverage findings fit gallery ingest law-test optimize plan profile reconstruct render report slurm study tables theory train verify
$(build)/distill $(addprefix $(build)/distill-,$(stages)): $(built) ;

# A result that came out as it was keeps its time, so that nothing after it is made again.
keep = cmp -s $(1) $@ || { mkdir -p $(@D) && cp $(1) $@.new && mv $@.new $@; }

# In what follows, $* is the study.
.SECONDEXPANSION:

# The folder too, for a log that is gone.
$(work)/%/study.mk: Studies/%/study.json $$(wildcard Studies/%/logs Studies/%/logs/*.jsonl) $(build)/distill-study
	@mkdir -p $(@D)
	@$(build)/distill-study rules $* --output $@.made
	@if cmp -s $@.made $@; then rm $@.made; else mv $@.made $@; fi
	@touch $@

# Runs that are drawn from a law are drawn anew when the generator changes; a log that came out as it was keeps its time.
define reconstruction_rule
$(work)/$(1)/reconstructed: Studies/$(1)/study.json $(build)/distill-reconstruct
	$(build)/distill-reconstruct $($(1)_reconstruct) --output $(work)/$(1)/logs
	@touch $$@
$($(1)_logs): Studies/$(1)/logs/%.jsonl: $(work)/$(1)/reconstructed
	@$$(call keep,$(work)/$(1)/logs/$$*.jsonl)
reconstruct: $(work)/$(1)/reconstructed
endef
reconstruct: ## the logs of runs that are drawn from a law
$(foreach study,$(studies),$(if $($(study)_reconstruct),$(eval $(call reconstruction_rule,$(study)))))

# What is stored follows from the logs, so a store is made anew; the old one stays until the new one is whole.
$(stores): $(work)/%/runs.sqlite: $$($$*_logs) $$(wildcard Studies/%/logs) $(build)/distill-ingest
	@$(if $($*_logs),,echo "Studies/$*/logs holds no runs" >&2; exit 1)
	@mkdir -p $(@D) && rm -f $@.new $@.new-journal
	$(build)/distill-ingest --study $* --store $@.new $($*_logs) || { rm -f $@.new; exit 1; }
	@mv $@.new $@

$(work)/%/fit-supervised.json: $(work)/%/runs.sqlite $(build)/distill-fit
	$(build)/distill-fit --law supervised --runs $< $($*_reading) --output $@

$(work)/%/fit-supervised-extrapolation.json: $(work)/%/runs.sqlite $(build)/distill-fit
	$(build)/distill-fit --law supervised $($*_weaker_supervised) --runs $< $($*_reading) --output $@

# L~_S is the study's own supervised law, fitted on all its supervised runs; the published one where there are none.
$(work)/%/fit-distillation.json: $(work)/%/runs.sqlite $$($$*_supervised_file) $(build)/distill-fit
	$(build)/distill-fit --law distillation --supervised $(or $($*_supervised_file),published) --runs $< $($*_reading) --output $@

# It is asked about the stronger students, so its L~_S is the law of the weaker supervised runs, where these have one.
$(work)/%/fit-distillation-extrapolation.json: $(work)/%/runs.sqlite $$($$*_weaker_supervised_file) $(build)/distill-fit
	$(build)/distill-fit --law distillation --supervised $(or $($*_weaker_supervised_file),published) $($*_weaker_distillation) \
	  --runs $< $($*_reading) --output $@

$(work)/%/fit-chinchilla.json: $(work)/%/runs.sqlite $(build)/distill-fit
	$(build)/distill-fit --law chinchilla --runs $< $($*_reading) --output $@

# The fit names the runs that it was made from, so that new runs come with a new fit. Laws that are drawn by their
# likelihood go with the plans that are made from them, and are too many to be committed.
define interval_rules
$(work)/%/bootstrap-$(1).json: results/%/fit-$(1).json $(build)/distill-bootstrap | $(work)/%/runs.sqlite
	$(call bootstrap,$(1),$(work)/$$*/runs.sqlite,$$<,$$@)
$(work)/%/likelihood-$(1).json: results/%/fit-$(1).json $(build)/distill-bootstrap | $(work)/%/runs.sqlite
	$(call bootstrap,$(1),$(work)/$$*/runs.sqlite,$$<,$$@) --method likelihood --samples $(work)/$$*/laws-$(1).csv
$(work)/%/profile-$(1).json: results/%/fit-$(1).json $(build)/distill-profile | $(work)/%/runs.sqlite
	$(build)/distill-profile --runs $(work)/$$*/runs.sqlite --fit $$< --output $$@
endef
# A law, its runs, its fit, and where the intervals go.
bootstrap = $(build)/distill-bootstrap --law $(1) --runs $(2) --fit $(3) --resamples $(resamples) --output $(4)
$(foreach law,supervised distillation,$(eval $(call interval_rules,$(law))))

$(fits) $(bootstraps) $(likelihoods) $(profiles) $(plans): results/%: $(work)/%
	@$(call keep,$<)

# Of the study's own law, or of the paper's where study.json says so. Sizes and budgets follow from the runs.
define planning_rule
$(addprefix $(work)/$(1)/,$($(1)_plans)) &: $($(1)_law_file) $(work)/$(1)/runs.sqlite $(build)/distill-optimize
	$(build)/distill-optimize --study $(1) --runs $(work)/$(1)/runs.sqlite $($(1)_law_file:%=--law %) --results $(work)/$(1)
endef
$(foreach study,$(studies),$(if $($(study)_plans),$(eval $(call planning_rule,$(study)))))

# From the paper's figures and the law alone: no run enters.
define figure_law_rule
$(addprefix results/$(1)/,$($(1)_figure_law)) &: $($(1)_marks) $(build)/distill-law-test
	$(build)/distill-law-test --marks $$< --results results/$(1)
endef
$(foreach study,$(studies),$(if $($(study)_figure_law),$(eval $(call figure_law_rule,$(study)))))

define table_rule
$(addprefix results/$(1)/,$($(1)_tables)) &: $(addprefix results/$(1)/,$($(1)_fits) $(call bootstrap_names,$(1)) $(filter optima.csv,$($(1)_plans))) $(work)/$(1)/runs.sqlite $(build)/distill-tables
	$(build)/distill-tables --study $(1) --runs $(work)/$(1)/runs.sqlite --results results/$(1)
endef
$(foreach study,$(studies),$(if $($(study)_tables),$(eval $(call table_rule,$(study)))))

# distill-verify ends with status 2 where an error is above its target. The report is written then, too.
verification = $(build)/distill-verify --study $(1) --runs $(work)/$(1)/runs.sqlite $($(1)_reading) --results results/$(1)
define verification_rule
results/$(1)/verification.json results/$(1)/verification.md &: $(addprefix results/$(1)/,$($(1)_fits)) Studies/$(1)/study.json $(work)/$(1)/runs.sqlite $(build)/distill-verify
	@rm -f $(work)/$(1)/missed
	$(call verification,$(1)) || { [ $$$$? -eq 2 ] && touch $(work)/$(1)/missed; }
endef
$(foreach study,$(with_laws),$(eval $(call verification_rule,$(study))))

# The noise is that of all runs, those in no fit too: a fit that came out as it was is not enough.
define comparison_rule
$(addprefix results/$(1)/,$($(1)_comparison)) &: results/$(1)/fit-distillation.json $(work)/$(1)/runs.sqlite $(build)/distill-compare
	$(build)/distill-compare --study $(1) --runs $(work)/$(1)/runs.sqlite $($(1)_reading) --results results/$(1)
endef
$(foreach study,$(studies),$(if $($(study)_comparison),$(eval $(call comparison_rule,$(study)))))

# Not in `all`: hundreds of simulated studies are fitted. study.json says from which law and with which options.
coverage = $(build)/distill-coverage --resamples 100 --study $(1) --runs $(work)/$(1)/runs.sqlite $($(1)_reading) \
  --log $(work)/$(1)/coverage-$(2).jsonl --results Studies/$(1)/coverage --name coverage-$(2) $($(1)_coverage_$(2))
define coverage_rule
Studies/$(1)/coverage/coverage-$(2).json Studies/$(1)/coverage/coverage-$(2).md &: $(build)/distill-coverage | $(work)/$(1)/runs.sqlite
	$(call coverage,$(1),$(2))
endef
$(foreach study,$(studies),$(foreach name,$($(study)_coverages),$(eval $(call coverage_rule,$(study),$(name)))))

# Findings are about runs that are in no fit, too. Times of a step in either direction, where this study's trainer measured
# them.
direction_speeds = $(wildcard Studies/$(1)/direction.jsonl)
define findings_rule
$(addprefix results/$(1)/,$($(1)_findings)) &: results/$(1)/fit-distillation.json $(call direction_speeds,$(1)) $(work)/$(1)/runs.sqlite $(build)/distill-findings
	$(build)/distill-findings --study $(1) --runs $(work)/$(1)/runs.sqlite $($(1)_reading) --results results/$(1) $(patsubst %,--speeds %,$(call direction_speeds,$(1)))
endef
$(foreach study,$(studies),$(if $($(study)_findings),$(eval $(call findings_rule,$(study)))))

define theory_rule
$(addprefix results/$(1)/,$($(1)_gap_note)) &: $(work)/$(1)/runs.sqlite $(build)/distill-theory
	$(build)/distill-theory --study $(1) --runs $$< $($(1)_reading) --results results/$(1)
endef
$(foreach study,$(studies),$(if $($(study)_gap_note),$(eval $(call theory_rule,$(study)))))

# A figure is made from the files that it needs, and from the runs where there are any.
define figure_rule
figures/$(1)/figure-$(2).svg figures/$(1)/figure-$(2).png &: $(addprefix results/$(1)/,$($(1)_files_$(2))) Studies/$(1)/study.json $(if $($(1)_logs),$(work)/$(1)/runs.sqlite) $(build)/distill-render
	$(build)/distill-render --study $(1) --figure $(2:0%=%) $(if $($(1)_logs),--runs $(work)/$(1)/runs.sqlite) --results results/$(1) --output figures/$(1)
endef
$(foreach study,$(studies),$(foreach name,$($(study)_figures),$(eval $(call figure_rule,$(study),$(name)))))

define report_rule
results/$(1)/report.md: $(addprefix results/$(1)/,$($(1)_fits) $(call bootstrap_names,$(1)) $(call profile_names,$(1)) $(if $($(1)_laws),verification.json) $($(1)_plans)) Studies/$(1)/study.json $(if $($(1)_logs),$(work)/$(1)/runs.sqlite) $(build)/distill-report
	$(build)/distill-report --study $(1) $(if $($(1)_logs),--runs $(work)/$(1)/runs.sqlite) --results results/$(1)
endef
$(foreach study,$(studies),$(eval $(call report_rule,$(study))))

$(gallery): $(figures) $(reports) $(build)/distill-gallery
	$(build)/distill-gallery --figures figures --results results --output $@

test: dependencies ## build and run all tests
	swift build -c release --build-tests --quiet
	swift test -c release --skip-build

fuzz: $(built) ## try changed inputs and arguments; FUZZ_TRIES (20000), FUZZ_SEED (1), FUZZ_FROM (0)
	$(build)/fuzz --tries $(or $(FUZZ_TRIES),20000) --seed $(or $(FUZZ_SEED),1) --from $(or $(FUZZ_FROM),0)

chaos: $(built) ## kill stages at random moments, and take away disk, rights and surroundings (a quarter of an hour)
	Scripts/chaos.sh $(build) $(or $(CHAOS_KILLS),100)

lint: ## check the code's format
	swift format lint --strict --parallel --recursive Sources Tests Package.swift

corpus: $(work)/corpus/corpus.txt ## the training text, from Debian packages
$(work)/corpus/corpus.txt: Scripts/corpus.sh $(build)/distill-corpus
	Scripts/corpus.sh $(build)/distill-corpus $@

# In the order in which the fit needs them, which their numbers say.
sweep: $(build)/distill-train corpus ## train the runs of the studies' sweeps that are not in their logs (hours, resumable)
	for study in $(studies); do for sweep in $$(cat Studies/$$study/sweeps/order 2> /dev/null); do \
	  $(build)/distill-train sweep Studies/$$study/sweeps/$$sweep.json --log Studies/$$study/logs/$$sweep.jsonl; \
	done; done

shards := 8
sweep-slurm: $(build)/distill-train corpus ## write job arrays for Slurm that train what is missing; shards=N cuts a sweep into N
	for study in $(studies); do for sweep in $$(cat Studies/$$study/sweeps/order 2> /dev/null); do \
	  if ! grep -q mapping Studies/$$study/sweeps/$$sweep.json; then \
	    $(build)/distill-train slurm Studies/$$study/sweeps/$$sweep.json --log Studies/$$study/logs/$$sweep.jsonl \
	      --shards $(shards) --output $(work)/slurm/$$study/$$sweep $(slurm_options); \
	  fi; \
	done; done

# Job arrays for what takes long beside training. Slurm's options are those of sweep-slurm.
slurm = $(build)/distill-slurm --name $(1)-$(2) --shards $(shards) --output $(work)/slurm/$(1)/$(2) $(slurm_options) --
coverage-slurm: $(build)/distill-slurm $(build)/distill-coverage $(stores) ## write job arrays that simulate the coverage studies
	@set -e; $(foreach study,$(studies),$(foreach name,$($(study)_coverages),$(call slurm,$(study),coverage-$(name)) $(call coverage,$(study),$(name));)) :

bootstrap-slurm: $(build)/distill-slurm $(build)/distill-bootstrap $(stores) $(fits) ## write job arrays for the bootstraps
	@set -e; $(foreach study,$(studies),$(foreach law,$($(study)_laws),$(call slurm,$(study),bootstrap-$(law)) \
	  $(call bootstrap,$(law),$(work)/$(study)/runs.sqlite,results/$(study)/fit-$(law).json,$(work)/$(study)/bootstrap-$(law).json) \
	  --log $(work)/$(study)/bootstrap-$(law).jsonl;)) :

bench: $(built) ## compare with PyTorch, SciPy and JAX; PYTHON names an interpreter that has them
	Scripts/bench/bench.sh $(build) benchmarks

install: $(built) ## the commands with completions for bash, zsh and fish, below PREFIX
	Scripts/install.sh $(build) "$(DESTDIR)$(PREFIX)"

docs: | dependencies ## the libraries' documentation, with DocC, into build/documentation
	Scripts/docs.sh $(work)/documentation

clean: ## remove what is built, but no results
	rm -rf $(work) .build

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1|\2/p' Makefile | column -t -s '|'
	@echo "  make figure-N   one figure, for example figure-36; with STUDY=NAME in one study"
