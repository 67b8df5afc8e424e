# The bench: damsession beside its peers.

bench-check: $(LIB) $(BIN) $(VENV)/ready $(BUILD)/servers/ready ## compare instructions a request with those on record
	$(PYTHON) Tests/bench/check.py

bench-record: $(LIB) $(BIN) $(VENV)/ready $(BUILD)/servers/ready ## put those of now on record, on purpose
	$(PYTHON) Tests/bench/check.py --write

.PHONY: bench-check bench-record
