# damsession - the only entry points: make help lists them.
# The link flags of the shipped library are here and not in Package.swift, where they would break `swift test`.

SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := lib

BUILD   := .build
SHIP    := $(BUILD)/ship
LIB     := $(BUILD)/lib/libdamsession.so.1
BIN     := $(BUILD)/bin/damsession
# What is linked in statically, as the linker says: the notices are gathered by it.
ARCHIVES := $(SHIP)/archives.tsv
VENV    := $(BUILD)/venv
PYTHON  := $(VENV)/bin/python
VERSION := $(shell sed -n 's/^.define DAM_VERSION "\(.*\)"/\1/p' include/damsession.h)
# Library and command hold passwords: hardened as Debian hardens programs (in the library, the linker's part). A builder's
# own flags take the place of these.
CFLAGS  ?= -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong
LDFLAGS ?= -Wl,-z,relro,-z,now
WARN    := -Wall -Wextra -pedantic -Werror

SOURCES := Package.swift include/damsession.h $(shell find Sources -type f)
WRAPPER := $(wildcard bindings/shell/*.c) $(wildcard bindings/shell/*.h)

export PYTHONPATH := $(CURDIR)/bindings/python

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

lib: $(LIB) $(BIN) ## build the shared library and the wrapper (the default)

# libstdc++ is linked statically: to load it took longer than to open a session. Our own scratch path: `swift test`
# would overwrite the library with one that needs Swift's run time. SwiftPM does not relink when only the export map
# changed, hence the rm. --wrap: Sources/CLinux/Wipe.c and Hypot.c. The prefix maps keep this folder's path out of the
# bytes; so does -disable-incremental-llvm-codegen, which leaves out a hash of each module as it was, with its path. The
# build ID is made of all that is linked: debugging information, which names the compiler's cache, is left out before.
$(LIB): $(SOURCES) | $(BUILD)/tools
	@mkdir -p $(dir $@)
	rm -f $(SHIP)/release/libdamsession.so
	@mkdir -p $(SHIP)/static && ln -sf $$($(CC) -print-file-name=libstdc++.a) $(SHIP)/static/
	swift build -c release --scratch-path $(SHIP) --product damsession \
	  -Xswiftc -static-stdlib -Xswiftc -use-ld=lld -Xswiftc -file-prefix-map -Xswiftc $(CURDIR)=. \
	  -Xswiftc -Xfrontend -Xswiftc -disable-incremental-llvm-codegen \
	  $(foreach l,Xcc Xcxx,-$(l) -ffile-prefix-map=$(CURDIR)=.) \
	  -Xlinker --version-script=$(CURDIR)/Sources/DamABI/exports.map -Xlinker --no-undefined-version \
	  -Xlinker -soname=libdamsession.so.1 -Xlinker -z -Xlinker nodelete -Xlinker -z -Xlinker now \
	  -Xlinker --gc-sections -Xlinker --strip-debug -Xlinker --wrap=free -Xlinker --wrap=realloc -Xlinker --wrap=hypotf \
	  -Xlinker -L$(CURDIR)/$(SHIP)/static -Xlinker --print-archive-stats=$(CURDIR)/$(ARCHIVES)
	install -m 0644 $(SHIP)/release/libdamsession.so $@.new
	strip --strip-unneeded $@.new
	patchelf --remove-rpath $@.new
	mv $@.new $@
	ln -sf $(notdir $@) $(BUILD)/lib/libdamsession.so

# The pages of the manual as the command prints them.
TEXTS := $(patsubst bindings/pages/%.md,$(BUILD)/pages/%.txt,$(wildcard bindings/pages/*.md))

$(BUILD)/pages/%.txt: bindings/pages/%.md bindings/plain.py
	@mkdir -p $(dir $@)
	python3 -X utf8 bindings/plain.py <$< >$@

$(BIN): $(WRAPPER) include/damsession.h $(TEXTS) $(LIB)
	@mkdir -p $(dir $@)
	$(CC) -std=c11 $(CPPFLAGS) $(CFLAGS) $(WARN) -D_GNU_SOURCE -Iinclude $(filter %.c,$^) $(LDFLAGS) -L$(BUILD)/lib \
	  -ldamsession -lcurl -Wl,-rpath,'$$ORIGIN/../lib' -o $@


demo: $(LIB) $(BIN) $(VENV)/ready ## install what is missing, build, and show all systems at work in the sandbox
	$(PYTHON) Tests/demo/demo.py

TESTED := $(LIB) $(BIN) $(VENV)/ready $(BUILD)/test-tools $(BUILD)/servers/ready $(BUILD)/synapse/ready

test: $(TESTED) check ## install what is missing and run every test
	swift build --build-tests --scratch-path $(BUILD)/test
	$(PYTHON) Tests/run.py

test-one: $(if $(T),$(TESTED)) ## run some suites (T="swift shell"); without T, list them
	$(if $(filter swift fuzz,$(T)),swift build --build-tests --scratch-path $(BUILD)/test)
	$(if $(T),$(PYTHON) Tests/run.py $(T),@python3 Tests/run.py --list)

soak: $(LIB) $(BIN) $(VENV)/ready ## minutes of expiries, revocations and kills on one identity (MINUTES=5)
	$(PYTHON) Tests/sharing/soak.py $(or $(MINUTES),5)

renewals: $(TESTED) ## renew sessions at real OAuth2 servers, and kill programs in between (MINUTES=2)
	$(PYTHON) Tests/oauth/renewals.py $(or $(MINUTES),2)

trixie: $(LIB) $(BUILD)/trixie/ready ## the C and Python tests with Debian 13's libcurl, in a root of its own
	$(as-root) Tests/C/trixie.sh

hostile: $(LIB) $(BIN) $(VENV)/ready ## every fault of a hostile server at every stage, as a table (WORDS= parts of names)
	$(PYTHON) Tests/hostile/run.py $(WORDS)

sanitize: $(LIB) $(VENV)/ready ## the Swift and C tests under AddressSanitizer, ThreadSanitizer and valgrind
	Tests/sanitize/run.sh
	Tests/C/run.sh memcheck

fuzz: | $(BUILD)/tools ## feed every parser and the whole C ABI with what nobody would send (MINUTES=5)
	python3 Tests/fuzz/fuzz.py $(or $(MINUTES),5)

abi: ## write down anew what programs that are compiled already rely on, on purpose
	Tests/C/abi.sh >Tests/C/abi.new && mv Tests/C/abi.new Tests/C/abi.txt

check: $(VENV)/ready ## formatting and lint of every language
	@Tests/format/check.sh

format: $(VENV)/ready ## format every language
	@Tests/format/check.sh --format

clean: ## remove everything that was built
	rm -rf $(BUILD) bindings/{python,sandbox}/{build,*.egg-info}

.PHONY: help lib demo test test-one soak renewals trixie hostile sanitize fuzz abi check format clean

include bindings/install.mk
include bindings/packages/packages.mk
include Tests/targets.mk
