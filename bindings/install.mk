# Installing, and taking it back. DESTDIR, PREFIX and the folders below it are as everywhere, also in small letters, as
# the GNU coding standards write them.

DESTDIR    ?=
PREFIX     ?= $(or $(prefix),/usr/local)
BINDIR     ?= $(or $(bindir),$(or $(exec_prefix),$(PREFIX))/bin)
LIBDIR     ?= $(or $(libdir),$(or $(exec_prefix),$(PREFIX))/lib)
INCLUDEDIR ?= $(or $(includedir),$(PREFIX)/include)
DATADIR    ?= $(or $(datadir),$(datarootdir),$(PREFIX)/share)
MANDIR     ?= $(or $(mandir),$(or $(datarootdir),$(DATADIR))/man)
DOCDIR     ?= $(or $(docdir),$(or $(datarootdir),$(DATADIR))/doc/damsession)

# What is exported, which has a page each beside the library's own.
FUNCTIONS := $(shell sed -n 's/^    \(dam_[a-z_]*\);/\1/p' Sources/DamABI/exports.map)
MAN3      := $(BUILD)/man/damsession.3 $(FUNCTIONS:%=$(BUILD)/man/%.3)
# Looked up by who installs, not by every make.
RELEASED  = $(shell sed -n 's/^.. \[$(VERSION)\] - //p' CHANGELOG.md)

$(BUILD)/man/damsession.3: include/damsession.h bindings/c/manual.py CHANGELOG.md
	@mkdir -p $(dir $@)
	python3 bindings/c/manual.py include/damsession.h $(RELEASED) >$@

$(FUNCTIONS:%=$(BUILD)/man/%.3) &: include/damsession.h bindings/c/functions.py bindings/c/manual.py CHANGELOG.md
	@mkdir -p $(BUILD)/man
	python3 bindings/c/functions.py include/damsession.h $(RELEASED) $(BUILD)/man

# The pages, for man.
PAGES := $(patsubst bindings/pages/%.md,%,$(wildcard bindings/pages/*.md))
MAN7  := $(PAGES:%=$(BUILD)/man/damsession-%.7)

$(BUILD)/man/damsession-%.7: bindings/pages/%.md bindings/page.py bindings/plain.py CHANGELOG.md | $(BUILD)/tools
	@mkdir -p $(dir $@)
	lowdown -s -tman --parse-no-intraemph -M title=damsession-$* -M section=7 -M date=$(RELEASED) \
	  -M source="damsession $(VERSION)" $< | python3 bindings/page.py damsession-$* >$@

# MODE=FILE=WHERE, for both. What ends with .in is filled in on the way.
INSTALLED := \
  644=$(LIB)=$(LIBDIR)/libdamsession.so.1 \
  755=$(BIN)=$(BINDIR)/damsession \
  644=include/damsession.h=$(INCLUDEDIR)/damsession.h \
  644=bindings/c/damsession.pc.in=$(LIBDIR)/pkgconfig/damsession.pc \
  644=bindings/c/damsession-config.cmake.in=$(LIBDIR)/cmake/damsession/damsession-config.cmake \
  644=bindings/c/damsession-config-version.cmake.in=$(LIBDIR)/cmake/damsession/damsession-config-version.cmake \
  644=bindings/shell/damsession.1=$(MANDIR)/man1/damsession.1 \
  $(foreach page,$(MAN3),644=$(page)=$(MANDIR)/man3/$(notdir $(page))) \
  $(foreach page,$(PAGES),644=$(BUILD)/man/damsession-$(page).7=$(MANDIR)/man7/damsession-$(page).7) \
  644=bindings/shell/completions/damsession.bash=$(DATADIR)/bash-completion/completions/damsession \
  644=bindings/shell/completions/_damsession=$(DATADIR)/zsh/site-functions/_damsession \
  644=bindings/shell/completions/damsession.fish=$(DATADIR)/fish/vendor_completions.d/damsession.fish \
  $(foreach each,$(wildcard bindings/examples/*.*),$(if $(filter %.sh,$(each)),755,644)=$(each)=$(DOCDIR)/examples/$(notdir $(each))) \
  644=CHANGELOG.md=$(DOCDIR)/CHANGELOG.md \
  644=LICENSE=$(DOCDIR)/LICENSE
FILLED := -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@INCLUDEDIR@|$(INCLUDEDIR)|' \
  -e 's|@VERSION@|$(VERSION)|; s|@MAJOR@|$(firstword $(subst ., ,$(VERSION)))|'
LINK := $(LIBDIR)/libdamsession.so
# For who has just installed it. The folders are what they are called in there.
README = bindings/packages/readme.sh prefix VERSION=$(VERSION) $(foreach each,$(FOLDERS),'$(each)=$($(each))')
# Where the command finds the library, seen from itself; nothing where the loader looks anyway.
RUNPATH = $(if $(filter /usr/lib /usr/lib64 /usr/lib/$(MULTIARCH),$(LIBDIR)),,$$ORIGIN/$(shell \
  realpath -m --relative-to='$(BINDIR)' '$(LIBDIR)'))

# Built with the rest: `sudo make install` then makes no file in the source tree that its owner cannot remove.
lib: $(MAN3) $(MAN7)

# What pkg-config, CMake and the command are told is of no use as a relative path, and a blank would part it in two.
FOLDERS := PREFIX BINDIR LIBDIR INCLUDEDIR DATADIR MANDIR DOCDIR
install uninstall: check-folders
check-folders:
	$(foreach each,$(FOLDERS),$(if $(filter-out /%,$($(each)))$(word 2,$($(each))),$(error \
	  $(each) is "$($(each))", and must be a path from / on, without blanks)))

install: $(LIB) $(BIN) $(MAN3) $(MAN7) ## install below PREFIX (default /usr/local); LIBDIR, DESTDIR and the like as everywhere
	@set -e; for each in $(INSTALLED); do IFS== read -r mode file where <<<"$$each"; to="$(DESTDIR)$$where"; \
	  install -d "$${to%/*}"; \
	  case $$file in \
	  *.in) sed $(FILLED) "$$file" >"$$to"; chmod "$$mode" "$$to" ;; \
	  *) install -m "$$mode" "$$file" "$$to" ;; \
	  esac; done
	@patchelf $(if $(RUNPATH),--set-rpath '$(RUNPATH)',--remove-rpath) "$(DESTDIR)$(BINDIR)/damsession"
	@ln -sf libdamsession.so.1 "$(DESTDIR)$(LINK)"
	@set -o pipefail; $(README) | install -m 644 /dev/stdin "$(DESTDIR)$(DOCDIR)/README.md"
	@if [ -f $(NOTICES) ]; then install -m 644 $(NOTICES) "$(DESTDIR)$(DOCDIR)/NOTICES"; fi

uninstall: ## remove what `make install` with the same words has installed
	@for each in $(INSTALLED) ==$(LINK) ==$(DOCDIR)/NOTICES ==$(DOCDIR)/README.md; do rm -f "$(DESTDIR)$${each##*=}"; done
	@rmdir "$(DESTDIR)$(LIBDIR)/cmake/damsession" "$(DESTDIR)$(DOCDIR)/examples" "$(DESTDIR)$(DOCDIR)" 2>/dev/null || true

.PHONY: check-folders install uninstall
