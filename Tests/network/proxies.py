"""An HTTP proxy (tinyproxy) and a SOCKS5 proxy (microsocks), each a process with a log of its
requests.

Neither needs a password unless told so. Both listen on loopback only.
"""

from __future__ import annotations

from pathlib import Path

from processes import Server, executable, free_ports


class Tinyproxy(Server):
    """CONNECT to anything but `refused`, a host; with `login`, "user password", only for who
    says it.
    """

    def __init__(self, folder: Path, *, login: str = "", refused: str = "") -> None:
        folder.mkdir()
        self.port = free_ports(1)[0]
        lines = [
            f"Port {self.port}",
            "Listen 127.0.0.1",
            "Timeout 60",
            "LogLevel Info",
            "MaxClients 50",
        ]
        if login:
            lines.append(f"BasicAuth {login}")
        if refused:
            (folder / "filter").write_text(f"^{refused}$\n")
            lines.append(f'Filter "{folder}/filter"')
        (folder / "tinyproxy.conf").write_text("\n".join(lines) + "\n")
        command = [executable("usr/bin/tinyproxy"), "-d", "-c", str(folder / "tinyproxy.conf")]
        super().__init__(command, folder / "log", self.port)
        self.url = f"http://127.0.0.1:{self.port}"

    @property
    def seen(self) -> list[str]:
        """The request lines that it got."""
        lines = self.output.read_text("utf-8", "replace").splitlines()
        return [line.partition("): ")[2] for line in lines if "Request (file descriptor" in line]


class Microsocks(Server):
    """SOCKS5 to anywhere."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.port = free_ports(1)[0]
        command = [executable("usr/bin/microsocks"), "-i", "127.0.0.1", "-p", str(self.port)]
        super().__init__(command, folder / "log", self.port)
        #: socks5h: the proxy resolves the name.
        self.url = f"socks5h://127.0.0.1:{self.port}"

    @property
    def seen(self) -> list[str]:
        """Where it was asked to connect to: "host:port"."""
        lines = self.output.read_text("utf-8", "replace").splitlines()
        return [line.rpartition("connected to ")[2] for line in lines if "connected to " in line]
