# What tests and the demo need. Kept apart from the build, which users of the library read.

APT_BUILD := libcurl4-openssl-dev patchelf pkg-config
APT_TEST  := bats jq valgrind curl python3-venv util-linux

# apt-get is asked only for what is missing, so that a second run does not touch the network.
define install-missing
@missing=$$(for p in $(1); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
if [ -n "$$missing" ]; then sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
  $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq $$missing; fi
endef

$(BUILD)/tools: Tests/targets.mk
	@mkdir -p $(BUILD)
	$(call install-missing,$(APT_BUILD))
	@touch $@

$(BUILD)/test-tools: Tests/targets.mk | $(BUILD)/tools
	$(call install-missing,$(APT_TEST))
	@touch $@

$(VENV)/ready: Tests/requirements.txt | $(BUILD)/test-tools
	python3 -m venv $(VENV)
	$(PYTHON) -m pip install -q -r Tests/requirements.txt
	@touch $@
