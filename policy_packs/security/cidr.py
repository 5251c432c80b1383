"""CIDR ranges that are wide enough to count as the internet."""

# A range this wide counts as the internet, even if several such ranges are needed to cover all of it.
INTERNET_PREFIX_V4 = 7
INTERNET_PREFIX_V6 = 15


def is_internet(cidr: str) -> bool:
    """Return True if an address range is wide enough to count as the internet."""
    _, slash, prefix = cidr.partition("/")
    widest = INTERNET_PREFIX_V6 if ":" in cidr else INTERNET_PREFIX_V4
    return bool(slash) and prefix.isdecimal() and int(prefix) <= widest
