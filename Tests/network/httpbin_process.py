"""httpbin as a process: `python httpbin_process.py` prints its port and serves on 127.0.0.1 until
it is ended.

It has no TLS, so only nginx in front of it may use it.
"""

from __future__ import annotations

import sys

from httpbin import app  # type: ignore[import-untyped]
from werkzeug.serving import WSGIRequestHandler, make_server


def main(port: int) -> None:
    WSGIRequestHandler.protocol_version = "HTTP/1.1"  # else nothing is chunked
    make_server("127.0.0.1", port, app, threaded=True).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
