"""The page: `python -m operations.requirements > docs/requirements.md`; lists what is missing and ends with 1 then."""

import sys

from operations.previews import previews
from operations.requirements.page import page
from operations.requirements.rows import SECTIONS
from operations.requirements.table import missing


def main() -> int:
    """Print the page, and what is missing to standard error."""
    found = previews()
    sys.stdout.write(page(SECTIONS, found))
    gaps = missing(SECTIONS, found)
    sys.stderr.writelines(f"{gap}\n" for gap in gaps)
    return int(bool(gaps))


if __name__ == "__main__":
    sys.exit(main())
