"""Write docs/compatibility.md."""

import sys

from tools.compatibility.page import PAGE, page

PAGE.write_text(page(), "utf-8")
sys.stdout.write(f"{PAGE}\n")
