"""The page of the docs that lists the corrections: `python -m rehearsal.cloud.corrections.page` prints it."""

import sys

from rehearsal.cloud.corrections import CORRECTIONS

HEAD = """\
# Where moto is corrected

Generated from `rehearsal/cloud/corrections/`; each is tested against moto without it, so that it is dropped when
moto catches up.

| correction | moto 5.2 | AWS | source |
|---|---|---|---|
"""


def page() -> str:
    """The whole page, in Markdown."""
    rows = (f"| `{one.name}` | {one.moto} | {one.aws} | {one.source} |\n" for one in CORRECTIONS)
    return HEAD + "".join(rows)


if __name__ == "__main__":
    sys.stdout.write(page())
