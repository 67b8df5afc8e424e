# damsession - the only entry points: make help lists them.
# The link flags of the shipped library are here and not in Package.swift, where they would break `swift test`.

SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := lib

BUILD   := .build
SHIP    := $(BUILD)/ship
LIB     := $(BUILD)/lib/libdamsession.so.1
BIN     := $(BUILD)/bin/damsession
VENV    := $(BUILD)/venv
PYTHON  := $(VENV)/bin/python
PREFIX  ?= /usr/local
DESTDIR ?=
VERSION := $(shell sed -n 's/^.define DAM_VERSION "\(.*\)"/\1/p' include/damsession.h)
WARN    := -Wall -Wextra -pedantic -Werror

SOURCES := Package.swift include/damsession.h $(shell find Sources -type f)
WRAPPER := $(wildcard bindings/shell/*.c) $(wildcard bindings/shell/*.h)

export PYTHONPATH := $(CURDIR)/bindings/python

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

lib: $(LIB) $(BIN) ## build the shared library and the wrapper (the default)

# Our own scratch path: `swift test` would overwrite the library with one that needs Swift's run time. SwiftPM does not
# relink when only the export map changed, hence the rm.
$(LIB): $(SOURCES) | $(BUILD)/tools
	@mkdir -p $(dir $@)
	rm -f $(SHIP)/release/libdamsession.so
	swift build -c release --scratch-path $(SHIP) --product damsession \
	  -Xswiftc -static-stdlib -Xswiftc -use-ld=lld \
	  -Xlinker --version-script=$(CURDIR)/Sources/DamABI/exports.map -Xlinker --no-undefined-version \
	  -Xlinker -soname=libdamsession.so.1 -Xlinker -z -Xlinker nodelete -Xlinker --gc-sections
	install -m 0644 $(SHIP)/release/libdamsession.so $@.new
	strip --strip-unneeded $@.new
	patchelf --remove-rpath $@.new
	mv $@.new $@
	ln -sf $(notdir $@) $(BUILD)/lib/libdamsession.so

$(BIN): $(WRAPPER) include/damsession.h $(LIB)
	@mkdir -p $(dir $@)
	$(CC) -std=c11 -O2 $(WARN) -D_GNU_SOURCE -Iinclude $(filter %.c,$^) -L$(BUILD)/lib -ldamsession \
	  -Wl,-rpath,'$$ORIGIN/../lib' -o $@

include Tests/targets.mk
