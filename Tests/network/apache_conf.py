"""The configuration of Apache, as text: hosts whose sessions are encrypted cookies, and hosts in
front of them.

mod_session sends a new cookie with every response and ends sessions that are idle. This is
PhotoShelter's cookie mode, by a server that was not written for this project. Folders, ports and
certificates are given.
"""

from __future__ import annotations

import os
from string import Template
from typing import NamedTuple

COOKIE = "SSphotoshelter_com_mem"
#: What Apache says to whom it does not know. Its own page instead of this says no more than 401.
REFUSAL = (
    '{"status":"error","error":{"code":401,"class":"SessionRequiredErr",'
    '"message":"You must be logged into PhotoShelter to perform this action"}}'
)


class Members(NamedTuple):
    """A host with sessions. It can read the cookies of another one if both have the same
    `passphrase`.
    """

    port: int
    passphrase: str = "as good as any"
    idle: int = 600  #: seconds after which a session that rests is over
    interval: int = 0  #: a cookie is renewed when it is so many seconds old; 0: by every response
    refusal: str | None = REFUSAL  #: None: Apache's own page
    encrypted: bool = True


class Front(NamedTuple):
    """A host in front of others, on 127.0.0.1 and without TLS; more than one are asked by turns."""

    port: int
    behind: tuple[int, ...]


Host = Members | Front

_MODULES = """mpm_event authn_core authn_file authz_core authz_user auth_form request session session_cookie
session_crypto log_forensic ssl http2 proxy proxy_http proxy_balancer lbmethod_byrequests slotmem_shm""".split()

#: One line of the access log; the names are those of `Entry` in apache.py. Absent headers are "-".
_FIELDS = {
    "id": "%{forensic-id}n",
    "port": "%{local}p",
    "method": "%m",
    "path": "%U",
    "protocol": "%H",
    "user": "%u",
    "status": "%>s",
    "cookie": "%{Cookie}i",
    "new_cookie": "%{Set-Cookie}o",
}
_LINE = "{" + ", ".join(f'\\"{name}\\":\\"{value}\\"' for name, value in _FIELDS.items()) + "}"

_SERVER = Template("""
ServerRoot $folder
DefaultRuntimeDir $folder
PidFile $folder/httpd.pid
ErrorLog $folder/error.log
ServerName localhost
$modules
$user
LogFormat "$line" entry
CustomLog $folder/access.log entry
ForensicLog $folder/forensic.log
DocumentRoot $folder/pages
ServerLimit 1
StartServers 1
ThreadsPerChild 64
MaxRequestWorkers 64
GracefulShutdownTimeout 10
""")

_HOST = Template("""
Listen 127.0.0.1:$port
<VirtualHost 127.0.0.1:$port>
  $content
</VirtualHost>
""")

_TLS = Template("""
  SSLEngine on
  SSLCertificateFile $certificate.crt
  SSLCertificateKeyFile $certificate.key
  Protocols h2 http/1.1
""")

_MEMBERS = Template("""
  Session On
  SessionMaxAge $idle
  SessionExpiryUpdateInterval $interval
  SessionCookieName $cookie path=/
  SessionCryptoPassphrase "$passphrase"
  ErrorDocument 200 '{"status":"ok","data":{}}'
  ErrorDocument 401 $refusal
  <Location /psapi/v3/mem>
    ForceType application/json
    AuthType form
    AuthName members
    AuthFormProvider file
    AuthUserFile $folder/users
    Require valid-user
  </Location>
  <Location /psapi/v3/mem/forbidden>
    ErrorDocument 401 default
    Require user nobody-at-all
  </Location>
  <Location /psapi/v3/mem/authenticate>
    SetHandler form-login-handler
    AuthFormUsername email
    AuthFormPassword password
    Require all granted
  </Location>
  <Location /psapi/v3/mem/authenticate/logout>
    SetHandler form-logout-handler
    Require all granted
  </Location>
""")

_ONE_BEHIND = Template("""
  ProxyPass / http://127.0.0.1:$behind/ retry=0 disablereuse=on
""")

_MORE_BEHIND = Template("""
  <Proxy balancer://members>
    $members
    ProxySet lbmethod=byrequests
  </Proxy>
  ProxyPass / balancer://members/
""")


def _content(host: Host, **values: object) -> str:
    if isinstance(host, Members):
        refusal = "default" if host.refusal is None else f"'{host.refusal}'"
        members = _MEMBERS.substitute(
            host._asdict() | {"refusal": refusal}, cookie=COOKIE, **values
        )
        return (_TLS.substitute(values) if host.encrypted else "") + members
    if len(host.behind) == 1:
        return _TLS.substitute(values) + _ONE_BEHIND.substitute(behind=host.behind[0])
    members = "\n    ".join(
        f"BalancerMember http://127.0.0.1:{port} retry=0 disablereuse=on" for port in host.behind
    )
    return _TLS.substitute(values) + _MORE_BEHIND.substitute(members=members)


def configuration(
    hosts: tuple[Host, ...], *, folder: object, modules: str, certificate: str
) -> str:
    """The file's text. `modules`: the folder with mod_ssl.so and the others."""
    server = _SERVER.substitute(
        folder=folder,
        line=_LINE,
        modules="\n".join(f"LoadModule {name}_module {modules}/mod_{name}.so" for name in _MODULES),
        # Apache serves nothing as root.
        user="User nobody\nGroup nogroup" if os.geteuid() == 0 else "",
    )
    values = {"folder": folder, "certificate": certificate}
    return server + "".join(
        _HOST.substitute(port=host.port, content=_content(host, **values)) for host in hosts
    )
