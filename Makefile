# confx: see `make help`.
SHELL := /bin/bash
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

# ---- tools and libraries ----------------------------------------------------------------------------------------------
# COMPILER=clang builds with clang; BUILD=DIR keeps builds apart; WERROR=-Werror as in CI.
COMPILER ?= gcc
BUILD ?= build
PREFIX ?= /usr/local
CC := OMPI_CC=$(COMPILER) mpicc
# LAPACKE is a package of its own on Debian; elsewhere OpenBLAS has it within.
PACKAGES := hdf5 openblas yaml-0.1 jansson zlib smartcols $(shell pkg-config --exists lapacke 2>/dev/null && echo lapacke)
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion $(WERROR)
OPTIMISE ?= -O3 -g
# Tests spend their time in the rooms, and there are many: optimising them too costs more than it brings.
TEST_OPTIMISE ?= -O0 -g
# gold links in half the time of ld.
LINKER := $(if $(shell command -v ld.gold),-fuse-ld=gold)
PACKAGE_CPPFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
PACKAGE_LDLIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null || echo -lhdf5 -lopenblas -lyaml -ljansson -lz -lsmartcols)
CPPFLAGS += -Iinclude -Isrc -D_GNU_SOURCE $(PACKAGE_CPPFLAGS)
CFLAGS += -std=c11 $(OPTIMISE) -ffp-contract=off -fno-math-errno -fno-trapping-math $(WARNINGS) $(SANITIZE)
# libcsv has no pkg-config file, and the high-level library of HDF5, which is in its package, none either.
LDLIBS += -lhdf5_hl $(PACKAGE_LDLIBS) -lcsv -lm
LDFLAGS += $(LINKER)
MPIRUN := $(if $(filter 0,$(shell id -u)),OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1) mpirun --oversubscribe
CORES := $(shell nproc)

# ---- rooms: each may use the rooms named behind it and no others (checked by `make layers`) -----------------------------
ROOMS := base yaml workload cost knapsack policy cluster store job problem search certificate run report sweep spool app
USES_base :=
USES_yaml := base
USES_workload := base
USES_cost := workload yaml base
USES_policy := base
USES_cluster := base
USES_store := base
USES_job := yaml base
USES_problem := cost job workload yaml base
USES_search := problem policy cost job workload yaml base
USES_knapsack := base
USES_certificate := knapsack problem cost job workload yaml base
USES_run := search certificate knapsack problem policy cluster store job cost workload yaml base
USES_sweep := run search certificate knapsack problem policy cluster store job cost workload yaml base
USES_spool := run search certificate knapsack problem policy cluster store job cost workload yaml base
USES_report := store job workload yaml base
USES_app := spool sweep run report search certificate knapsack problem policy cluster store job cost workload yaml base

sources = $(wildcard src/$(1)/*.c src/$(1)/*/*.c)
objects = $(patsubst src/%.c,$(BUILD)/obj/%.o,$(call sources,$(1)))

all: $(BUILD)/confx $(BUILD)/libconfx.a $(BUILD)/confx.pc

$(BUILD)/obj/%.o: src/%.c
	@mkdir -p $(@D)
	@echo '  cc $<'
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

# What `confx --version' calls the commit: of a repository whose top this is, not of one that a tarball was unpacked in. The
# header is written anew only when that changes, so that nothing is built for it otherwise.
COMMIT := $(shell [ "$$(git rev-parse --show-toplevel 2>/dev/null)" = "$$(pwd -P)" ] && git describe --always --dirty --abbrev=10 --exclude '*' 2>/dev/null)
HASH := \#
COMMIT_LINE := $(if $(COMMIT),$(HASH)define CONFX_COMMIT " (commit $(COMMIT))")
$(BUILD)/commit.h: FORCE
	@mkdir -p $(@D)
	@echo '$(COMMIT_LINE)' | cmp -s - $@ || echo '$(COMMIT_LINE)' >$@
FORCE:
$(BUILD)/obj/app/main.o: $(BUILD)/commit.h
$(BUILD)/obj/app/main.o: CPPFLAGS += -include $(BUILD)/commit.h

$(BUILD)/confx: LDLIBS += -pthread
$(BUILD)/confx: $(foreach room,$(ROOMS),$(call objects,$(room)))
	@echo '  ld $@'
	@$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LDLIBS) -o $@

# ---- the library: the cost model for other programs -------------------------------------------------------------------------
# One object of its rooms, in which all names but those of the installed headers are local, so that no function of a user's
# program can collide with one in here.
LIBRARY_ROOMS := base yaml workload cost
LIBRARY_HEADERS := $(addprefix include/confx/,status.h workload.h hardware.h dataflow.h cost_exact.h cost.h mapping.h version.h)
VERSION := $(shell sed -n 's/.*CONFX_VERSION "\(.*\)"/\1/p' include/confx/version.h)

$(BUILD)/libconfx.a: $(foreach room,$(LIBRARY_ROOMS),$(call objects,$(room)))
	@echo '  ar $@'
	@$(COMPILER) -r -nostdlib $^ -o $(@:.a=.o)
	@objcopy --wildcard --keep-global-symbol='confx_*' $(@:.a=.o)
	@rm -f $@
	@ar rcs $@ $(@:.a=.o)

$(BUILD)/confx.pc: src/confx.pc.in include/confx/version.h
	@mkdir -p $(@D)
	@sed 's/@VERSION@/$(VERSION)/' $< >$@

# ---- tests --------------------------------------------------------------------------------------------------------------
# tests/ROOM/NAME_test.c is one program, linked with its room and the rooms below; NAME_mpi_test.c runs at 1 to 4 ranks.
CHECK_LIBS := $(shell pkg-config --libs check 2>/dev/null)
TEST_CFLAGS = $(CFLAGS) $(TEST_OPTIMISE) -Itests $(LDFLAGS)
TEST_SOURCES := $(wildcard tests/*/*_test.c)
TEST_PROGRAMS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(TEST_SOURCES))

define test_rule
$(BUILD)/tests/$(1)/%_test: tests/$(1)/%_test.c $(call objects,$(1)) $(foreach room,$(USES_$(1)),$(call objects,$(room)))
	@mkdir -p $$(@D)
	@echo '  ld $$@'
	@$$(CC) $$(CPPFLAGS) $$(TEST_CFLAGS) -MMD -MP $$(filter %.c %.o,$$^) $$(LDLIBS) $$(CHECK_LIBS) $$(TEST_LIBS) -o $$@

test-$(1): $(filter $(BUILD)/tests/$(1)/%,$(TEST_PROGRAMS))
	@tests/run_tests $$^
endef
$(foreach room,$(ROOMS),$(eval $(call test_rule,$(room))))

# MAESTRO's rules word by word, which the engine is held against.
ORACLE := tests/cost/oracle.c tests/cost/reference.c
$(BUILD)/tests/cost/explain_test $(BUILD)/tests/cost/kinds_test: $(ORACLE)

# The walker of the accounting exact goes through every step of a layer: optimised, unlike the tests that call it.
WALKER := $(patsubst tests/%.c,$(BUILD)/tests/%.o,$(filter-out %_test.c,$(wildcard tests/cost/walk*.c)))
$(WALKER): $(BUILD)/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	@echo '  cc $<'
	@$(CC) $(CPPFLAGS) $(CFLAGS) -Itests -MMD -MP -c $< -o $@

$(BUILD)/tests/cost/walk_paper_test: $(addprefix $(BUILD)/tests/cost/,walk.o walk_steps.o walk_sets.o)
$(BUILD)/tests/cost/walk_test $(BUILD)/tests/cost/exact_trace_test: $(WALKER)

# The policy once more in double precision, whose gradients finite differences can check: NAME_double_test.c.
double_objects = $(patsubst src/%.c,$(BUILD)/obj-double/%.o,$(call sources,policy))

$(BUILD)/obj-double/%.o: src/%.c
	@mkdir -p $(@D)
	@echo '  cc $< (double)'
	@$(CC) $(CPPFLAGS) -DCONFX_DOUBLE $(CFLAGS) -MMD -MP -c $< -o $@

$(filter %_double_test,$(TEST_PROGRAMS)): $(BUILD)/tests/%: tests/%.c $(double_objects) $(call objects,base)
	@mkdir -p $(@D)
	@echo '  ld $@'
	@$(CC) $(CPPFLAGS) -DCONFX_DOUBLE $(TEST_CFLAGS) -MMD -MP $(filter %.c %.o,$^) $(LDLIBS) $(CHECK_LIBS) -o $@

# The relaxation is held against GLPK.
$(BUILD)/tests/knapsack/%: TEST_LIBS = -lglpk

# ---- what people call ---------------------------------------------------------------------------------------------------
# Recipes call make again behind `deps`: what pkg-config says is read when make starts.
JOB ?= jobs/mobilenet_v2.yaml
OUTPUT ?=
# What people name may have blanks and quotes in it: one word of the shell.
quote = '$(subst ','\'',$(1))'

help:
	@echo 'make            build build/confx and build/libconfx.a, the cost model for other programs'
	@echo 'make run        install what is missing, build, run JOB=jobs/mobilenet_v2.yaml on all cores, show the result'
	@echo 'make test       install what is missing, build, run all tests      make test-ROOM  those of one room'
	@echo 'make bench      speed of cost model and policy on this machine     make lint       format, tidy, cppcheck, layers'
	@echo 'make growth     processor time of searches and certificates of 125 to 2,000 distinct layers (tests/growth)'
	@echo 'make answers    do short searches of every kind still give the bits on record (tests/answers)?'
	@echo 'make exact-all  counts of the accounting exact on all shipped networks at every action'
	@echo 'make walk       counts of the accounting exact against a walk through every step, on WALK_N=$(WALK_N) random mappings'
	@echo 'make house      figures of the sources: sizes, comments, names that mean two things (tests/house --names: where)'
	@echo 'make asan       tests under address and undefined-behaviour sanitizers'
	@echo 'make test-valgrind memory errors and leaks of the MPI tests'
	@echo 'make test-order the order of MPI calls, and the same bits, in 100 runs whose calls are delayed at random'
	@echo 'make crash      kill runs at random moments and resume them        make cover      coverage of the tests'
	@echo 'make faults     FAULTS_SECONDS=$(FAULTS_SECONDS) of injected faults (FAULTS_SEED=); make faults-long: every one; make soak HOURS=1'
	@echo 'make test-slurm tests on a real SLURM of pretend nodes on this machine (as root)'
	@echo 'make test-fresh both commands of the README in a bare Debian 12 made for it (as root)'
	@echo 'make fuzz       FUZZ_SECONDS=$(FUZZ_SECONDS) each, FUZZ_SEED=$(FUZZ_SEED), for what reads files, under sanitizers'
	@echo 'make install    to PREFIX=/usr/local, below DESTDIR if given       make uninstall  exactly what that put there'
	@echo 'COMPILER=clang, BUILD=DIR, WERROR=-Werror, OPTIMISE="-O1 -g" change how it is built.'

run: deps
	@$(MAKE) --no-print-directory -j$(CORES) all
	@job=$(call quote,$(JOB)) output=$(call quote,$(OUTPUT)); \
	name=$${job##*/} && output=$${output:-runs/$${name%.*}} && \
	$(MPIRUN) -n $(CORES) $(BUILD)/confx run "$$job" --output "$$output" --resume && \
	$(BUILD)/confx report "$$output" >/dev/null && echo "Pictures   $$output/convergence.svg, assignment.svg, report.html"

test: deps-test
	@$(MAKE) --no-print-directory -j$(CORES) test-all

# What the system tests run, and run in.
SYSTEM_TOOLS := $(BUILD)/confx $(addprefix $(BUILD)/tests/,hold.so fault.so order.so misordered)
test-all: $(TEST_PROGRAMS) $(SYSTEM_TOOLS)
	@CONFX=$(BUILD)/confx tests/run_tests $(SYSTEM_TESTS) $(TEST_PROGRAMS)

tests: $(TEST_PROGRAMS) $(SYSTEM_TOOLS)

# Preloaded by tests: holds the program at a point of its work; has its calls fail; watches the order of its MPI calls, and makes them late.
$(BUILD)/tests/hold.so: tests/system/hold.c
$(BUILD)/tests/fault.so: tests/faults/fault.c
$(BUILD)/tests/hold.so $(BUILD)/tests/fault.so:
	@mkdir -p $(@D)
	@echo '  ld $@'
	@$(COMPILER) -std=c11 -D_GNU_SOURCE -O1 -fPIC -shared $(WARNINGS) $< -o $@

$(BUILD)/tests/order.so: tests/cluster/order.c
	@mkdir -p $(@D)
	@echo '  ld $@'
	@$(CC) -std=c11 -D_GNU_SOURCE -O1 -fPIC -shared $(WARNINGS) $< -pthread -o $@

# A program with mistakes for order.so to find.
$(BUILD)/tests/misordered: tests/cluster/misordered.c
	@mkdir -p $(@D)
	@echo '  ld $@'
	@$(CC) -std=c11 -D_GNU_SOURCE -O1 $(WARNINGS) $< -o $@

SYSTEM_TESTS := $(wildcard tests/system/*_test)
test-system: $(SYSTEM_TOOLS)
	@CONFX=$(BUILD)/confx tests/run_tests $(SYSTEM_TESTS)

# The order of collectives in 100 runs whose calls are delayed at random.
test-order: $(SYSTEM_TOOLS)
	@ORDER_RUNS=100 CONFX=$(BUILD)/confx tests/run_tests tests/system/collectives_test

# The engine of the accounting exact against the walker on more random mappings than `make test` has; how many of which kind.
WALK_N ?= 300000
WALK_SEED ?= 2
walk: $(BUILD)/tests/cost/walk_test
	@WALK_N=$(WALK_N) WALK_SEED=$(WALK_SEED) $<

# What holds of any legal mapping, on all shipped networks at every action of the default levels.
exact-all: $(BUILD)/tests/cost/exact_test
	@EXACT_ALL=1 $<

# Do short searches of every kind give the bits on record? ANSWERS="JOB..." for some; --record in it writes a new record.
answers: $(BUILD)/confx $(BUILD)/tests/hold.so
	@CONFX=$(BUILD)/confx tests/answers/answers $(ANSWERS)

# On a real SLURM: pretend nodes on this machine, brought up and taken down by the tests. Exit code 77: none comes up here (it
# takes root, and daemons that a container may forbid), a failure unless SLURM_OPTIONAL=yes.
test-slurm: deps-slurm
	@$(MAKE) --no-print-directory -j$(CORES) $(BUILD)/confx $(BUILD)/tests/hold.so
	@CONFX=$(BUILD)/confx timeout --kill-after=60 2400 tests/slurm/slurm_test || \
	    { code=$$?; [ "$$code" = 77 ] && [ -n "$(SLURM_OPTIONAL)" ] && echo 'test-slurm: not run here'; }

# Both commands of the README on a bare Debian 12, where no package can be present by luck (as root).
test-fresh: deps-fresh
	@tests/fresh

# How the time of searches and certificates grows with the layers: GROWTH='--layers 125,1000 --bench search,bound-edp'.
GROWTH ?=
growth: $(BUILD)/confx
	@CONFX=$(BUILD)/confx tests/growth $(GROWTH)

bench: all
	@$(BUILD)/confx bench all
	@$(MPIRUN) -n 2 $(BUILD)/confx bench policy

crash: all $(BUILD)/tests/hold.so
	@CONFX=$(BUILD)/confx tests/system/crash

# The campaign of faults: a sample of each kind that fills FAULTS_SECONDS; all of it (it says beforehand how long that takes); and
# searches killed again and again. A failure prints the command that repeats it and keeps the files in $(BUILD)/faults.
FAULTS_SECONDS ?= 900
HOURS ?= 1
faults: deps-test
	@$(MAKE) --no-print-directory -j$(CORES) $(BUILD)/confx $(BUILD)/tests/fault.so
	@CONFX=$(BUILD)/confx tests/faults/faults --seconds $(FAULTS_SECONDS) $(if $(FAULTS_SEED),--seed $(FAULTS_SEED))

faults-long: deps-test
	@$(MAKE) --no-print-directory -j$(CORES) $(BUILD)/confx $(BUILD)/tests/fault.so
	@CONFX=$(BUILD)/confx tests/faults/faults --all $(if $(FAULTS_SEED),--seed $(FAULTS_SEED))

soak: deps-test
	@$(MAKE) --no-print-directory -j$(CORES) $(BUILD)/confx $(BUILD)/tests/fault.so
	@CONFX=$(BUILD)/confx tests/faults/soak --hours $(HOURS)

# Sizes of functions and files, comments, names that mean two things: tests/house --names says where.
house:
	@tests/house

layers:
	@{ $(foreach room,$(ROOMS),echo '$(room): $(USES_$(room))';) } | tests/layers

C_FILES := $(wildcard src/*/*.[ch] src/*/*/*.[ch] include/confx/*.h tests/*.h tests/*/*.[ch])
TIDY_FLAGS = $(CPPFLAGS) $(shell pkg-config --cflags ompi-c 2>/dev/null) -std=c11
lint: deps-lint layers
	@clang-format --dry-run -Werror $(C_FILES)
	@cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
	    --suppress=missingIncludeSystem -Iinclude -Isrc -j $(CORES) src
	@printf '%s\0' $(wildcard src/*/*.c src/*/*/*.c) | TIDY_FLAGS='$(TIDY_FLAGS)' xargs -0 -n 1 -P $(CORES) tests/tidy
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/lint-gcc WERROR=-Werror OPTIMISE=-O2 TEST_OPTIMISE=-O2 -j$(CORES) all tests
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/lint-clang COMPILER=clang WERROR=-Werror OPTIMISE=-O0 -j$(CORES) all tests
	@echo 'lint: clean'

SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=undefined
asan:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan SANITIZE='$(SANITIZERS)' OPTIMISE='-O1 -g' test-rooms
	@echo 'asan: addresses, undefined behaviour and leaks of all programs of tests/ROOM; not checked: tests/system, and what MPI leaves'

# Memory errors and leaks of the MPI tests at 2 ranks; what Open MPI itself leaves is in its own list and in ours.
MPI_TESTS := $(filter %_mpi_test,$(TEST_PROGRAMS))
VALGRIND := valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite,indirect \
    --show-leak-kinds=definite,indirect --num-callers=40 --suppressions=/usr/share/openmpi/openmpi-valgrind.supp \
    --suppressions=tests/valgrind.supp
test-valgrind: deps-valgrind
	@$(MAKE) --no-print-directory -j$(CORES) valgrind-mpi

valgrind-mpi: $(MPI_TESTS)
	@for program in $(MPI_TESTS); do echo "valgrind $$program"; CK_FORK=no CONFX_DATA=$${CONFX_DATA:-$$PWD/data} \
	    OPENBLAS_NUM_THREADS=1 HDF5_USE_FILE_LOCKING=FALSE timeout 1800 env $(MPIRUN) -n 2 $(VALGRIND) $$program || exit 1; done

test-rooms: $(TEST_PROGRAMS)
	@tests/run_tests $(TEST_PROGRAMS)

cover: deps-cover
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/cover SANITIZE=--coverage OPTIMISE='-O0 -g' test-all
	@lcov --quiet --capture --directory $(BUILD)/cover --output-file $(BUILD)/cover/lcov.info
	@lcov --quiet --extract $(BUILD)/cover/lcov.info '$(CURDIR)/src/*' --output-file $(BUILD)/cover/lcov.info
	@lcov --list $(BUILD)/cover/lcov.info

# DIRECTORY:FILE of all that is installed below PREFIX; `make uninstall` goes by the list that src/install leaves there.
into = $(addprefix $(1):,$(wildcard $(2)))
INSTALL = bin:$(BUILD)/confx lib:$(BUILD)/libconfx.a lib/pkgconfig:$(BUILD)/confx.pc \
    $(addprefix include/confx:,$(LIBRARY_HEADERS)) \
    $(foreach kind,models dataflows hw,$(call into,share/confx/$(kind),data/$(kind)/*)) $(call into,share/confx/jobs,jobs/*.yaml) \
    $(foreach kind,sweeps compare,$(call into,share/confx/jobs/$(kind),jobs/$(kind)/*.yaml)) \
    $(call into,share/confx/slurm,slurm/*.sbatch slurm/modulefile slurm/package.py)

install: all
	@src/install $(call quote,$(DESTDIR)$(PREFIX)) $(INSTALL)

uninstall:
	@src/install --remove $(call quote,$(DESTDIR)$(PREFIX))

clean:
	rm -rf $(BUILD)

# ---- fuzzing: libFuzzer under address and undefined-behaviour sanitizers -------------------------------------------------
# tests/fuzz/NAME.c is one harness, tests/fuzz/corpus/NAME its seeds, NAME.dict (if any) its words; what is found is kept in
# $(BUILD)/fuzz. FUZZ_SECONDS each. A crash, a leak or a hang fails, and leaves the input beside the program. A hang is an
# input that takes FUZZ_TIMEOUT seconds of the clock: long, so that a loaded machine is not taken for one. FUZZ_SEED 0 draws
# other inputs in each run; another number draws the same ones again, as far as FUZZ_SECONDS reach.
FUZZ_SECONDS ?= 30
FUZZ_TIMEOUT ?= 600
FUZZ_SEED ?= 0
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
FUZZ_SANITIZERS := -fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all
fuzz: deps-fuzz
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/fuzz COMPILER=clang OPTIMISE='-O1 -g' \
	    SANITIZE='$(FUZZ_SANITIZERS) -fsanitize=fuzzer-no-link' -j$(CORES) --output-sync $(addprefix fuzz-,$(FUZZERS))

$(BUILD)/fuzz_mapping: $(ORACLE)
$(BUILD)/fuzz_%: tests/fuzz/%.c $(foreach room,base yaml workload cost job,$(call objects,$(room)))
	@echo '  ld $@'
	@$(COMPILER) $(CPPFLAGS) $(CFLAGS) -Itests -fsanitize=fuzzer -MMD -MP $(filter %.c %.o,$^) -lcsv -lyaml -lm -o $@

.SECONDARY: $(addprefix $(BUILD)/fuzz_,$(FUZZERS))
fuzz-%: $(BUILD)/fuzz_%
	@mkdir -p $(BUILD)/corpus/$*
	@$< -seed=$(FUZZ_SEED) -max_total_time=$(FUZZ_SECONDS) -timeout=$(FUZZ_TIMEOUT) -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 -verbosity=0 \
	    $(patsubst %,-dict=%,$(wildcard tests/fuzz/$*.dict)) -artifact_prefix=$(BUILD)/$*- $(BUILD)/corpus/$* \
	    tests/fuzz/corpus/$* >$(BUILD)/$*.log 2>&1 || { cat $(BUILD)/$*.log; echo "FAILED: fuzz $*"; exit 1; }
	@echo "fuzz $*: $$(sed -n 's/^stat::number_of_executed_units: *//p' $(BUILD)/$*.log) inputs, no finding"

# ---- Debian 12 packages -------------------------------------------------------------------------------------------------
# tests/deps has the lists: it must work before there is a make.
deps:
	@tests/deps build
deps-test:
	@tests/deps build test
deps-lint:
	@tests/deps build test lint
deps-valgrind:
	@tests/deps build test valgrind
deps-slurm:
	@tests/deps build slurm
deps-cover:
	@tests/deps build test cover
deps-fuzz:
	@tests/deps build fuzz
deps-fresh:
	@tests/deps fresh

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
.PHONY: all help run test tests test-all test-rooms test-valgrind valgrind-mpi test-system test-order answers walk exact-all growth bench crash faults faults-long soak layers house lint asan cover install uninstall clean fuzz deps deps-test deps-lint deps-cover deps-slurm deps-valgrind deps-fuzz deps-fresh test-slurm test-fresh \
        $(addprefix test-,$(ROOMS))
