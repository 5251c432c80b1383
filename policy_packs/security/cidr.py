"""CIDR ranges that are wide enough to count as the internet."""

# Longest prefixes that count as the internet. A rule for 0.0.0.0/0 only would miss 0.0.0.0/1 with 128.0.0.0/1.
INTERNET_PREFIX_V4 = 7
INTERNET_PREFIX_V6 = 15


def is_internet(cidr: str) -> bool:
    """Return True if an address range is wide enough to count as the internet."""
    _, slash, prefix = cidr.partition("/")
    widest = INTERNET_PREFIX_V6 if ":" in cidr else INTERNET_PREFIX_V4
    return bool(slash) and prefix.isdecimal() and int(prefix) <= widest
