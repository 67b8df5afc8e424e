"""A person's browser, for terminal.py: reads a screen on which an address of the sandbox is,
consents at that page, and prints where the browser is sent.
"""

from __future__ import annotations

import os
import re
import sys

from damsession.sandbox.browser import consent

page = re.search(r"https://\S+/authorize\?\S+", sys.stdin.read())
if page is None:
    sys.exit("browse.py: there is no page for consent on the screen")
print(consent(page[0], os.environ["DAMSESSION_CA_FILE"], "ada", "allow"))
