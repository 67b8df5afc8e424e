# What tests and the demo need. Kept apart from the build, which users of the library read.

APT_BUILD := g++ libcurl4-openssl-dev patchelf pkg-config lowdown python3
APT_TEST  := bats shellcheck jq valgrind curl wget python3-venv util-linux libuv1-dev cmake fish mandoc man-db
# The browser of the window's tests, without what a desktop would like beside it.
APT_BROWSER := chromium chromium-driver fonts-dejavu-core
# Servers to test against. Unpacked only: installed, their packages would start them on this machine.
DEB_TEST  := nginx tinyproxy-bin microsocks apache2-bin libapr1 libaprutil1

# A root of Debian 13: its libcurl wants its own libc. With what the C and Python tests need in there.
DEB_TRIXIE := libcurl4t64 libcurl4-openssl-dev curl libstdc++6 valgrind libc6-dbg gcc g++ libc6-dev mawk diffutils python3-pytest \
  python3-pytest-asyncio python3-aiohttp python3-trustme python3-requests python3-httpx python3-hypothesis

# apt-get is asked only for what is missing, so that a second run does not touch the network. Where there is none, what has
# to be there is said in Debian's words; a build then goes on, and finds out itself.
as-root := $(if $(filter 0,$(shell id -u)),,sudo)
define install-missing
@if ! command -v apt-get >/dev/null; then \
  echo "make: there is no apt-get here. What Debian calls $(strip $(1)) has to be there." >&2; exit; fi; \
missing=$$(for p in $(1); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
if [ -n "$$missing" ]; then \
  $(as-root) apt-get update -qq && $(as-root) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(2) $$missing; fi
endef

$(BUILD)/tools: Tests/targets.mk Tests/tools.sh
	@mkdir -p $(BUILD)
	$(call install-missing,$(APT_BUILD))
	@Tests/tools.sh
	@touch $@

$(BUILD)/test-tools: Tests/targets.mk | $(BUILD)/tools
	$(call install-missing,$(APT_TEST))
	$(call install-missing,$(APT_BROWSER),--no-install-recommends)
	@touch $@

# And an OAuth2 server, with the libraries that are not there yet: their names change from release to release.
missing-libraries = $$(apt-get install --print-uris -qq --no-install-recommends $(1) | sed -n "s/^'[^']*' \(lib[^_]*\)_.*/\1/p")
download = apt-get download -qq $(DEB_TEST) glewlwyd $(call missing-libraries,glewlwyd)
$(BUILD)/servers/ready: Tests/targets.mk | $(BUILD)/test-tools
	rm -rf $(dir $@) && mkdir -p $(dir $@)
	cd $(dir $@) && { $(download) || { $(as-root) apt-get update -qq && $(download); }; }
	cd $(dir $@) && for deb in *.deb; do dpkg -x $$deb . && rm $$deb || exit 1; done
	@touch $@

empty :=
comma := ,
$(BUILD)/trixie/ready: Tests/targets.mk | $(BUILD)/tools
	$(call install-missing,mmdebstrap)
	$(as-root) rm -rf $(dir $@) && $(as-root) mkdir -p $(dir $@)
	$(as-root) mmdebstrap --quiet --variant=minbase --include=$(subst $(empty) ,$(comma),$(strip $(DEB_TRIXIE))) trixie $(dir $@)
	$(as-root) touch $@

# Small roots of Debian 12 and 13 to install packages in, with what tests need and not what packages need: apt has
# downloaded that, so that the tests need no network.
DEB_ROOT   := ca-certificates gcc libc6-dev pkg-config
DEB_NEEDED := libcurl4 python3
$(BUILD)/debian/%/ready: Tests/targets.mk | $(BUILD)/deb-tools
	$(as-root) rm -rf $(dir $@) && $(as-root) mkdir -p $(dir $@)
	$(as-root) mmdebstrap --quiet --variant=minbase --include=$(subst $(empty) ,$(comma),$(strip $(DEB_ROOT))) --skip=cleanup/apt \
	  --customize-hook='chroot "$$1" apt-get -qq install --download-only $(DEB_NEEDED) >/dev/null' $* $(dir $@)
	$(as-root) touch $@

$(VENV)/ready: Tests/requirements.txt bindings/packages/requirements.txt | $(BUILD)/test-tools
	python3 -m venv $(VENV)
	$(PYTHON) -m pip install -q -r Tests/requirements.txt
	@touch $@

# One more, from PyPI. Its libraries are its own, and only what is built already is taken.
$(BUILD)/synapse/ready: Tests/oauth/requirements.txt | $(BUILD)/test-tools
	python3 -m venv $(dir $@)
	$(dir $@)bin/python -m pip install -q --only-binary :all: -r Tests/oauth/requirements.txt
	@touch $@

window-picture: $(LIB) $(VENV)/ready ## take the README's picture of the sandbox's window anew
	$(PYTHON) Tests/window/picture.py
.PHONY: window-picture

include Tests/bench/bench.mk
