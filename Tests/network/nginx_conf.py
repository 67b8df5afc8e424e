"""The configuration of nginx, as text. Ports and paths are given."""

from __future__ import annotations

from string import Template
from typing import NamedTuple


class Ports(NamedTuple):
    """Where nginx listens; all with TLS but `plain`."""

    main: int
    other: int  #: another origin
    mutual: int  #: wants a client certificate
    misnamed: int  #: a certificate for another name
    expired: int  #: a certificate of last week
    plain: int  #: HTTP without TLS


#: One line of the access log; the names are those of `Entry` in nginx.py. Absent headers are "".
_FIELDS = {
    "port": "$server_port",
    "peer": "$remote_addr",
    "method": "$request_method",
    "uri": "$request_uri",
    "protocol": "$server_protocol",
    "status": "$status",
    "length": "$request_length",
    "sent": "$body_bytes_sent",
    "host": "$http_host",
    "cookie": "$http_cookie",
    "token": "$http_x_ps_auth_token",
    "api_key": "$http_x_ps_api_key",
    "authorization": "$http_authorization",
    "referer": "$http_referer",
    "custom": "$http_x_custom",
    "range": "$http_range",
    "if_range": "$http_if_range",
    "accept_encoding": "$http_accept_encoding",
    "user_agent": "$http_user_agent",
    "content_type": "$content_type",
    "certificate": "$ssl_client_s_dn",
}
_LINE = "{" + ",".join(f'"{name}":"{value}"' for name, value in _FIELDS.items()) + "}"

# In the locations of redirects: /redirect/STATUS/WHERE/REST leads to the base of WHERE, then /REST.
_REDIRECTS = "".join(
    f"location ~ ^/redirect/{status}/(?<where>[a-z]+)(?<rest>/.*)?$ {{"
    f" return {status} $redirect_base$rest$redirect_args; }}\n"
    for status in (301, 302, 303, 307, 308)
)

_TEMPLATE = Template(r"""
daemon off;
master_process off;
pid $folder/nginx.pid;
error_log stderr warn;
events { worker_connections 512; }
http {
  types { text/plain txt; application/json json; image/jpeg jpg; }
  default_type application/octet-stream;
  log_format entry escape=json '$line';
  access_log $folder/access.log entry;
  client_body_temp_path $folder/body;
  proxy_temp_path $folder/proxy;
  fastcgi_temp_path $folder/fastcgi;
  uwsgi_temp_path $folder/uwsgi;
  scgi_temp_path $folder/scgi;
  client_max_body_size 0;
  absolute_redirect off;
  proxy_http_version 1.1;
  proxy_buffer_size 32k;
  proxy_buffers 8 32k;
  proxy_next_upstream off;
  proxy_ssl_trusted_certificate $sandbox_ca;
  proxy_ssl_verify on;
  proxy_ssl_name localhost;
  ssl_certificate $good.crt;
  ssl_certificate_key $good.key;
  add_header X-Protocol $$server_protocol always;
  map $$where $$redirect_base {
    own "";
    absolute https://$$http_host;
    other https://localhost:$other;
    quoting https://localhost:$other;
    plain http://localhost:$plain;
    login https://user:secret@localhost:$other;
    leak "https://localhost:$other/leak?token=$$http_x_ps_auth_token&key=$$http_x_ps_api_key&cookie=$$http_cookie";
    loop $$uri;
  }
  # Most servers write a Location of their own; `quoting` passes on what it was asked with.
  map $$where $$redirect_args { quoting $$is_args$$args; default ""; }

  # Who asks for it gets the end of a file slowly, so that there is time to break off.
  map $$http_x_custom $$speed { slow 50k; default 0; }

  server {
    listen 127.0.0.1:$main ssl http2;
    listen [::1]:$main ssl http2;
    listen unix:$unix_socket ssl http2;
    limit_rate_after 200k;
    limit_rate $$speed;
    location /psapi/ { proxy_pass https://127.0.0.1:$sandbox; proxy_set_header Host $$http_host; }
    location /fotoweb/ { proxy_pass https://127.0.0.1:$fotoweb; proxy_set_header Host $$http_host; }
    location /files/ { alias $files/; }
    location /gzip/ {
      alias $files/;
      gzip on;
      gzip_min_length 0;
      gzip_types text/plain application/json;
    }
    # The session itself is asked before anything is given; a new cookie of that response is passed on.
    location = /session {
      internal;
      proxy_pass https://127.0.0.1:$sandbox/psapi/v3/mem/user/session?$$asked;
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      proxy_set_header Host $$http_host;
      proxy_intercept_errors on;
      error_page 400 =401 /refused;
    }
    location = /refused { internal; return 401; }
    location /member/ {
      set $$asked $$args;
      auth_request /session;
      auth_request_set $$rotated $$upstream_http_set_cookie;
      add_header Set-Cookie $$rotated always;
      add_header X-Protocol $$server_protocol always;
      alias $files/;
    }
    location /sink/ {
      set $$asked $$args;
      auth_request /session;
      auth_request_set $$rotated $$upstream_http_set_cookie;
      add_header Set-Cookie $$rotated always;
      add_header X-Protocol $$server_protocol always;
      alias $sink/;
      dav_methods PUT;
      create_full_put_path on;
    }
    location /httpbin/ {
      proxy_pass http://127.0.0.1:$httpbin/;
      proxy_set_header Host $$http_host;
      proxy_redirect / /httpbin/;
      proxy_buffering off;
    }
    location /address { return 200 "$$remote_addr"; }
    location /closed/ { return 444; }
    $redirects
    location = /marker { return 204; }
  }

  server {
    listen 127.0.0.1:$other ssl http2;
    listen [::1]:$other ssl http2;
    ssl_certificate $other_certificate.crt;
    ssl_certificate_key $other_certificate.key;
    # It would take any client certificate that it is shown.
    ssl_verify_client optional_no_ca;
    add_header Set-Cookie "planted=by-another-origin; Path=/" always;
    add_header X-Plants "a cookie" always;
    location / { return 200 "other\n"; }
    location = /401 { return 401; }
    location = /403 { return 403; }
    location = /429 { return 429; }
    location = /500 { return 500; }
    location = /back { return 302 https://localhost:$main/address; }
  }

  server {
    listen 127.0.0.1:$mutual ssl http2;
    listen [::1]:$mutual ssl http2;
    ssl_verify_client on;
    ssl_client_certificate $client_ca;
    location / { proxy_pass https://127.0.0.1:$sandbox; proxy_set_header Host $$http_host; }
  }

  server {
    listen 127.0.0.1:$misnamed ssl;
    listen [::1]:$misnamed ssl;
    ssl_certificate $misnamed_certificate.crt;
    ssl_certificate_key $misnamed_certificate.key;
    location / { proxy_pass https://127.0.0.1:$sandbox; proxy_set_header Host $$http_host; }
  }

  server {
    listen 127.0.0.1:$expired ssl;
    listen [::1]:$expired ssl;
    ssl_certificate $expired_certificate.crt;
    ssl_certificate_key $expired_certificate.key;
    location / { proxy_pass https://127.0.0.1:$sandbox; proxy_set_header Host $$http_host; }
  }

  server {
    listen 127.0.0.1:$plain;
    listen [::1]:$plain;
    location / { return 200 "plain\n"; }
  }
}
""")


def configuration(ports: Ports, **values: object) -> str:
    """The file's text. KeyError: a value is missing."""
    return _TEMPLATE.substitute(ports._asdict(), line=_LINE, redirects=_REDIRECTS, **values)
