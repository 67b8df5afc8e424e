# The bench: damsession beside its peers. Those have an environment of their own, which only `make bench` needs.

BENCH_VENV := $(BUILD)/bench-venv

bench: $(LIB) $(BIN) $(BENCH_VENV)/ready $(BUILD)/servers/ready ## measure damsession beside its peers (ROWS="token cookie")
	$(BENCH_VENV)/bin/python Tests/bench/run.py $(ROWS)

bench-trixie: $(LIB) $(BIN) $(BUILD)/trixie/ready $(BUILD)/servers/ready ## the rows of C with Debian 13's libcurl
	$(as-root) Tests/bench/trixie.sh

bench-check: $(LIB) $(BIN) $(VENV)/ready $(BUILD)/servers/ready ## compare instructions a request with those on record
	$(PYTHON) Tests/bench/check.py

bench-record: $(LIB) $(BIN) $(VENV)/ready $(BUILD)/servers/ready ## put those of now on record, on purpose
	$(PYTHON) Tests/bench/check.py --write

# pycurl's own wheel brings a libcurl of its own: it is to have the one that ours has.
$(BENCH_VENV)/ready: Tests/bench/requirements.txt | $(BUILD)/test-tools
	python3 -m venv $(BENCH_VENV)
	PYCURL_SSL_LIBRARY=openssl $(BENCH_VENV)/bin/python -m pip install -q --no-binary pycurl -r $<
	@touch $@

.PHONY: bench bench-trixie bench-check bench-record
