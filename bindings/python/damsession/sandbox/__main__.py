"""`python3 -m damsession.sandbox`. The command line is in `command`; here it is only said what to
install where the packages of the extra `sandbox` are missing.
"""

from __future__ import annotations

import sys

try:
    from .command import main
except ModuleNotFoundError as error:
    if (error.name or "damsession").partition(".")[0] == "damsession":
        raise
    sys.exit(
        f"damsession.sandbox: the package {error.name} is missing; install what the sandbox needs:"
        " python3 -m pip install aiohttp trustme"
    )

if __name__ == "__main__":
    sys.exit(main())
