# Packages for those who have no Swift: a tarball, Debian's packages, wheels. All stand on `make install`.

DIST      := $(BUILD)/dist
NOTICES   := $(BUILD)/notices/NOTICES
MACHINE   := $(shell uname -m)
MULTIARCH  = $(shell $(CC) -print-multiarch)
TARBALL   := damsession-$(VERSION)-linux-$(MACHINE)
# Whom Debian's tools name beside the packages; who gives them to others puts an address there.
MAINTAINER ?= the damsession authors <authors@damsession.example>
# The same bytes whenever and wherever they are built: what is in a package is as old as the newest release.
RELEASE    = $(shell sed -n 's/^\#\# \[[0-9.]*\] - //p' CHANGELOG.md | head -n 1)
EPOCH      = $(shell date -u -d $(RELEASE) +%s)

# Left behind by the linker; a library that was copied here has none.
$(ARCHIVES): $(LIB)
	@[ -f $@ ] || { echo "$@ is missing: remove $(LIB) and run \`make lib\`, which writes it" >&2; exit 1; }
	@touch $@

$(NOTICES): $(ARCHIVES) bindings/packages/notices.py $(wildcard bindings/packages/licences/*)
	@mkdir -p $(dir $@)
	python3 bindings/packages/notices.py $(ARCHIVES) $(SHIP)/checkouts >$@

dist: $(LIB) $(BIN) $(NOTICES) ## build a tarball of everything, to unpack anywhere (.build/dist)
	SOURCE_DATE_EPOCH=$(EPOCH) bindings/packages/dist.sh $(TARBALL) $(NOTICES) $(DIST)

deb: $(LIB) $(BIN) $(NOTICES) wheel | $(BUILD)/deb-tools ## build Debian's packages (.build/dist)
	SOURCE_DATE_EPOCH=$(EPOCH) MAINTAINER='$(MAINTAINER)' bindings/packages/deb.sh $(VERSION)-1 $(MULTIARCH) $(NOTICES) $(DIST)

.PHONY: dist deb
