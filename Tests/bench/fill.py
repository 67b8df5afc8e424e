"""Puts so many copies of the one record in a store beside it, under other names.

fill.py COUNT
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

folder = Path(os.environ["DAMSESSION_STORE"])
content = next(folder.glob("*.record")).read_bytes()
for number in range(int(sys.argv[1])):
    path = folder / f"{number:040x}.record"
    path.write_bytes(content)
    path.chmod(0o600)
