# confx: see `make help`.
SHELL := /bin/bash
.DEFAULT_GOAL := all
VERSION := 0.1.0

# ---- tools and libraries ----------------------------------------------------------------------------------------------
# COMPILER=clang builds with clang; BUILD=DIR keeps builds apart; WERROR=-Werror as in CI.
COMPILER ?= gcc
BUILD ?= build
PREFIX ?= /usr/local
CC := OMPI_CC=$(COMPILER) mpicc
PACKAGES := hdf5 openblas libcyaml jansson
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion $(WERROR)
OPTIMISE ?= -O3 -g
CPPFLAGS += -Iinclude -D_GNU_SOURCE -DCONFX_VERSION='"$(VERSION)"' $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
CFLAGS += -std=c11 $(OPTIMISE) -ffp-contract=off -fno-math-errno $(WARNINGS) $(SANITIZE)
LDLIBS += $(shell pkg-config --libs $(PACKAGES) 2>/dev/null || echo -lhdf5 -lopenblas -lcyaml -lyaml -ljansson) -lm
MPIRUN := $(if $(filter 0,$(shell id -u)),OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1) mpirun --oversubscribe
CORES := $(shell nproc)

# ---- rooms: each may use the rooms named behind it and no others (checked by `make layers`) -----------------------------
ROOMS := base workload cost policy cluster store job problem search certificate run report app
USES_base :=
USES_workload := base
USES_cost := workload base
USES_policy := base
USES_cluster := base
USES_store := base
USES_job := base
USES_problem := cost job workload base
USES_search := problem policy cost job workload base
USES_certificate := problem cost job workload base
USES_run := search certificate problem policy cluster store job cost workload base
USES_report := store job workload base
USES_app := run report search certificate problem policy cluster store job cost workload base

sources = $(wildcard src/$(1)/*.c)
objects = $(patsubst src/%.c,$(BUILD)/obj/%.o,$(call sources,$(1)))
LIBRARY_ROOMS := $(filter-out app,$(ROOMS))

all: $(BUILD)/confx

$(BUILD)/obj/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/libconfx.a: $(foreach room,$(LIBRARY_ROOMS),$(call objects,$(room)))
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/confx: $(call objects,app) $(BUILD)/libconfx.a
	$(CC) $(CFLAGS) $^ $(LDLIBS) -o $@

# ---- tests --------------------------------------------------------------------------------------------------------------
# tests/ROOM/NAME_test.c is one program, linked with its room and the rooms below; NAME_mpi_test.c runs at 1 to 4 ranks.
CHECK_LIBS = $(shell pkg-config --libs check)
TEST_SOURCES := $(wildcard tests/*/*_test.c)
TEST_PROGRAMS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(TEST_SOURCES))

define test_rule
$(BUILD)/tests/$(1)/%_test: tests/$(1)/%_test.c $(call objects,$(1)) $(foreach room,$(USES_$(1)),$(call objects,$(room)))
	@mkdir -p $$(@D)
	$$(CC) $$(CPPFLAGS) $$(CFLAGS) -Itests -MMD -MP $$(TEST_DEFINES) $$(filter %.c %.o,$$^) $$(LDLIBS) $$(CHECK_LIBS) $$(TEST_LIBS) -o $$@

test-$(1): $(filter $(BUILD)/tests/$(1)/%,$(TEST_PROGRAMS))
	@tests/run_tests $$^
endef
$(foreach room,$(ROOMS),$(eval $(call test_rule,$(room))))

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
.PHONY: all $(addprefix test-,$(ROOMS))
