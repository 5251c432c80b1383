"""Reviewed destinations outside the stack: buckets, domains and addresses."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import StringConstraints

from policy_packs.kernel.context import Context, Setting, additional_entries
from policy_packs.kernel.data import Data, Text, read

FILE: Final = Path(__file__).with_name("known_destinations.yaml")
NAME: Final = r"^[^\s*?]+$"
"""Pattern of a destination. It has no wildcards, because they would include unreviewed destinations."""
DESTINATIONS: Final[Mapping[str, Setting]] = {
    "destinations": additional_entries(
        "Further buckets, domains and addresses that were reviewed, each with the reason", NAME
    )
}
Name = Annotated[str, StringConstraints(pattern=NAME)]


class KnownDestinations(Data):
    """Content of known_destinations.yaml."""

    buckets: Mapping[Name, Text]
    addresses: Mapping[Name, Text]


def _read(file: Path) -> tuple[KnownDestinations, tuple[str, ...]]:
    content, mistakes = read(file, KnownDestinations)
    return content or KnownDestinations(buckets={}, addresses={}), mistakes


KNOWN, MISTAKES = _read(FILE)
"""Reviewed destinations, and the mistakes in the file. The kernel refuses to judge while there are any."""


def known_buckets(context: Context) -> frozenset[str]:
    """Return the names of buckets outside the stack.

    A rule that calls this has the settings `DESTINATIONS`.
    """
    return frozenset({*KNOWN.buckets, *context.settings["destinations"]})


def known_addresses(context: Context) -> frozenset[str]:
    """Return the reviewed domains and addresses.

    A rule that calls this has the settings `DESTINATIONS`.
    """
    return frozenset({*KNOWN.addresses, *context.settings["destinations"]})
