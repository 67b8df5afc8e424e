# Packages for those who have no Swift: a tarball, Debian's packages, wheels. All stand on `make install`.

DIST      := $(BUILD)/dist
NOTICES   := $(BUILD)/notices/NOTICES
MACHINE   := $(shell uname -m)
MULTIARCH  = $(shell $(CC) -print-multiarch)
# What the library asks of glibc; `auditwheel` says whether that is so.
MANYLINUX := manylinux_2_34_$(MACHINE)
TARBALL   := damsession-$(VERSION)-linux-$(MACHINE)
# Whom Debian's tools name beside the packages: who gives them to others, as for dch; and which of their builds it is.
IS_NAMED   := $(if $(filter undefined,$(origin MAINTAINER)),$(and $(DEBFULLNAME),$(DEBEMAIL)),yes)
MAINTAINER ?= $(or $(DEBFULLNAME),the damsession authors) <$(or $(DEBEMAIL),authors@damsession.example)>
REVISION   ?= 1
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

notices: $(NOTICES) ## gather the terms of what is linked in; `make install` then installs them, too

dist: $(LIB) $(BIN) $(NOTICES) ## build a tarball of everything, to unpack anywhere (.build/dist)
	SOURCE_DATE_EPOCH=$(EPOCH) bindings/packages/dist.sh $(TARBALL) $(VERSION) $(NOTICES) $(DIST)

# Its own environment, with little in it: packages are built without what tests need.
PACKING := $(BUILD)/packing
$(PACKING)/ready: bindings/packages/requirements.txt | $(BUILD)/tools
	$(call install-missing,python3-venv)
	python3 -m venv $(PACKING)
	$(PACKING)/bin/python -m pip install -q -r $<
	@touch $@

# --exclude: the system's libcurl is the one that gets security updates and knows where its certificates are.
wheel: $(LIB) $(BIN) $(NOTICES) $(PACKING)/ready ## build the wheels: with library and command; the sandbox (.build/dist)
	rm -rf $(BUILD)/wheel $(DIST)/*.whl && mkdir -p $(DIST)
	export SOURCE_DATE_EPOCH=$(EPOCH) PATH="$(CURDIR)/$(PACKING)/bin:$$PATH" && umask 022 && \
	  python -m pip wheel -q --no-deps --no-build-isolation -w $(BUILD)/wheel ./bindings/python ./bindings/sandbox && \
	  auditwheel repair --exclude libcurl.so.4 --plat $(MANYLINUX) -w $(DIST) $(BUILD)/wheel/damsession-*.whl
	mv $(BUILD)/wheel/damsession_sandbox-*.whl $(DIST)
	bindings/packages/lint.sh wheel $(DIST)/damsession-$(VERSION)-*.whl
	@printf '%s\n' $(DIST)/*.whl

# To build and look at Debian's packages, and to make roots to test them in.
APT_DEB   := dpkg-dev lintian unzip mmdebstrap

$(BUILD)/deb-tools: bindings/packages/packages.mk
	$(call install-missing,$(APT_DEB))
	@touch $@

deb: export MAINTAINER := $(MAINTAINER)
deb: $(LIB) $(BIN) $(NOTICES) wheel | $(BUILD)/deb-tools ## build Debian's packages (.build/dist)
	$(if $(IS_NAMED),,$(warning DEBFULLNAME and DEBEMAIL name no maintainer: the packages have $(MAINTAINER)))
	SOURCE_DATE_EPOCH=$(EPOCH) bindings/packages/deb.sh $(VERSION)-$(REVISION) $(MULTIARCH) $(NOTICES) $(DIST)

# The sandbox that they are used against, with nothing else that tests need.
SERVING := $(BUILD)/serving
$(SERVING)/ready: bindings/sandbox/setup.py | $(BUILD)/tools
	$(call install-missing,python3-venv)
	python3 -m venv $(SERVING)
	$(SERVING)/bin/python -m pip install -q ./bindings/sandbox
	@touch $@

ROOTS := $(BUILD)/debian/bookworm/ready $(BUILD)/debian/trixie/ready
deb-test: deb $(SERVING)/ready $(ROOTS) ## install and use them in new roots of Debian 12 and 13, then purge
	$(as-root) Tests/packages/deb.sh bookworm trixie

repeatable: dist deb ## build all of it again in another folder, and compare every byte
	Tests/packages/repeatable.sh

.PHONY: notices dist wheel deb deb-test repeatable
