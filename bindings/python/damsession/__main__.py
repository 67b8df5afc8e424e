"""`python3 -m damsession`, and the script `damsession` beside it: the command that a wheel brings
along. It takes this process's place, so signals, pipes and the exit code are its own.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    command = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "damsession")
    try:
        os.execv(command, ["damsession", *sys.argv[1:]])
    except FileNotFoundError:
        sys.exit(
            "damsession: this installation of the Python package came without the command. The wheel"
            " has it, and so has the system's package `damsession`."
        )


if __name__ == "__main__":
    main()
