"""CIDR ranges: which of them stand for the internet."""

# An address range this wide is the internet, however it is cut into pieces.
INTERNET_PREFIX_V4 = 7
INTERNET_PREFIX_V6 = 15


def is_internet(cidr: str) -> bool:
    """Whether an address range is so wide that it stands for the internet."""
    _, slash, prefix = cidr.partition("/")
    widest = INTERNET_PREFIX_V6 if ":" in cidr else INTERNET_PREFIX_V4
    return bool(slash) and prefix.isdecimal() and int(prefix) <= widest
