"""CIDR ranges: which of them stand for the internet."""

# A range this wide stands for the internet, even if several such ranges are needed to cover all of it.
INTERNET_PREFIX_V4 = 7
INTERNET_PREFIX_V6 = 15


def is_internet(cidr: str) -> bool:
    """Return True if an address range is wide enough to stand for the internet."""
    _, slash, prefix = cidr.partition("/")
    widest = INTERNET_PREFIX_V6 if ":" in cidr else INTERNET_PREFIX_V4
    return bool(slash) and prefix.isdecimal() and int(prefix) <= widest
