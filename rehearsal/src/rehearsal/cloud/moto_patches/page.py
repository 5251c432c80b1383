"""The page of the docs that lists the corrections: `python -m rehearsal.cloud.moto_patches.page` prints it."""

import sys

from rehearsal.cloud.moto_patches import MOTO_PATCHES

HEAD = """\
# Moto patches

Generated from `rehearsal/cloud/moto_patches/`; each is tested against moto without it, so that it is dropped when
moto catches up.

| patch | moto 5.2 | AWS | source |
|---|---|---|---|
"""


def page() -> str:
    """The whole page, in Markdown."""
    rows = (f"| `{one.name}` | {one.moto} | {one.aws} | {one.source} |\n" for one in MOTO_PATCHES)
    return HEAD + "".join(rows)


if __name__ == "__main__":
    sys.stdout.write(page())
