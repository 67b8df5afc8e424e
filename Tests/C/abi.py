"""Prints the ABI as the Python binding declares it, in the words of abi.sh: `abi.py functions` or
`abi.py layout`.

It reads the binding's tables and does not load the library, so that a wrong table shows as a
difference, not as a crash.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator

from damsession import _abi


def layout() -> Iterator[str]:
    for struct in _abi.STRUCTS:
        name = struct.__name__
        yield f"{name} {ctypes.sizeof(struct)}"
        for field, *_ in struct._fields_:
            place = getattr(struct, field)
            yield f"{name}.{field} {place.offset} {place.size}"


def main() -> int:
    lines = {"functions": lambda: sorted(_abi.FUNCTIONS), "layout": layout}
    if len(sys.argv) != 2 or sys.argv[1] not in lines:
        print("usage: abi.py functions|layout", file=sys.stderr)
        return 2
    print("\n".join(lines[sys.argv[1]]()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
