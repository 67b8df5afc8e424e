"""The server of every row: nginx on loopback, HTTP and HTTPS, that imitates of PhotoShelter's API
what a session needs.

A login brings a token and cookies; every response brings a new cookie, so that a client that keeps
cookies has work to do. The responses are constant: what is measured is the client.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from string import Template
from types import TracebackType

sys.path += [str(Path(__file__).resolve().parents[1] / name) for name in (".", "network")]

from certificates import Certificates  # noqa: E402 - lies beside other suites, as the next one
from processes import Server, executable, free_ports  # noqa: E402

API = "/psapi/v3/"
#: What one request of a row asks for, below the API's own path.
PATH = "mem/gallery/query?fields=name"
SECRETS = {"api_key": "benchkey1", "token": "4f1cd3c1b70f4a1c8d3c5d2f9a7e6b80"}

_LOGIN = f'{{"status":"ok","data":{{"token":"{SECRETS["token"]}","User":{{"email":"bench@example.com"}}}}}}'
#: Files of zeros, by their names.
SIZES = {"256M": 256 << 20, "2G": 2 << 30}

_GALLERIES = ",".join(
    f'{{"gallery_id":"G0000{number:08d}","name":"Gallery {number}"}}' for number in range(8)
)

_TEMPLATE = Template(r"""
daemon off;
master_process off;
pid $folder/nginx.pid;
error_log stderr warn;
events { worker_connections 1024; }
http {
  types { application/json json; }
  default_type application/json;
  access_log off;
  log_format chain '$$cookie_SSphotoshelter_com_mem $$request_id';
  client_body_temp_path $large/body;
  proxy_temp_path $folder/proxy;
  fastcgi_temp_path $folder/fastcgi;
  uwsgi_temp_path $folder/uwsgi;
  scgi_temp_path $folder/scgi;
  client_max_body_size 0;
  keepalive_requests 1000000000;
  keepalive_timeout 3600s;
  sendfile on;
  tcp_nopush on;
  tcp_nodelay on;
  ssl_certificate $certificate.crt;
  ssl_certificate_key $certificate.key;
  ssl_session_cache shared:tls:1m;

  server {
    listen 127.0.0.1:$plain backlog=1024;
    listen 127.0.0.1:$tls ssl backlog=1024;
    add_header Set-Cookie "SSphotoshelter_com_mem=$$request_id; path=/; HttpOnly" always;
    location / { return 404; }
    location = ${api}mem/authenticate {
      return 200 '$login';
    }
    location = ${api}mem/authenticate/logout { return 200 '{"status":"ok"}'; }
    location = ${api}mem/gallery/query { return 200 '{"status":"ok","data":{"Gallery":[$galleries]}}'; }
    # Says which cookie came and which one it gave for it, so that a chain of them can be followed.
    location = ${api}mem/gallery/chain {
      access_log $folder/chain.log chain;
      return 200 '{"status":"ok","data":{}}';
    }
    location ${api}files/ { alias $large/files/; default_type application/octet-stream; }
    location ${api}sink/ {
      alias $large/sink/;
      client_body_buffer_size 1m;
      dav_methods PUT;
      create_full_put_path on;
    }
  }
}
""")


def nginx() -> str:
    """The path of the program."""
    return executable("usr/sbin/nginx")


class BenchServer:
    """A context manager. `folder` is its own; `large`: where files of gibibytes may lie."""

    def __init__(self, folder: Path, large: Path) -> None:
        self.folder = folder
        self.files, self.sink = large / "files", large / "sink"
        for each in (self.files, self.sink, large / "body"):
            each.mkdir(exist_ok=True)
        certificates = Certificates(folder)
        self.ca_file = certificates.ca_file
        self.chain_log = folder / "chain.log"
        plain, tls = free_ports(2)
        self.urls = {"http": f"http://127.0.0.1:{plain}", "https": f"https://127.0.0.1:{tls}"}
        path = folder / "nginx.conf"
        path.write_text(
            _TEMPLATE.substitute(
                folder=folder,
                large=large,
                plain=plain,
                tls=tls,
                api=API,
                login=_LOGIN,
                galleries=_GALLERIES,
                certificate=certificates.good,
            ),
            "utf-8",
        )
        command = [nginx(), "-p", str(folder), "-e", "stderr", "-c", str(path)]
        self._server = Server(command, folder / "nginx.out", plain)

    def make_files(self) -> None:
        """Those that the rows of large bodies ask for."""
        block = bytes(1 << 20)
        for name, size in SIZES.items():
            with (self.files / name).open("wb") as file:
                for _ in range(size // len(block)):
                    file.write(block)

    def environment(self, scheme: str, options: Mapping[str, str]) -> dict[str, str]:
        """What ours and the peers read: damsession's own variables."""
        usual = {
            "system": "photoshelter",
            "url": self.urls[scheme],
            "user": "bench@example.com",
            "password": "bench-password",
            "api-key": SECRETS["api_key"],
            "ca-file": self.ca_file,
            "allow-loopback-http": "true",
            "proxy": "none",
        }
        named = {**usual, **options}
        variables = {f"DAMSESSION_{name.upper().replace('-', '_')}": named[name] for name in named}
        return {
            **variables,
            "BENCH_URL": f"{self.urls[scheme]}{API}{PATH}",
            "BENCH_API": self.urls[scheme] + API.rstrip("/"),
            "BENCH_FILES": str(self.files),
            "BENCH_PATH": PATH,
            "BENCH_TOKEN": SECRETS["token"],
            "BENCH_CA_FILE": self.ca_file,
            "BENCH_API_KEY": SECRETS["api_key"],
        }

    def __enter__(self) -> BenchServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.stop()
