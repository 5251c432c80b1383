"""Helper for boolean inputs."""


def switched_off(*names: str) -> dict[str, tuple[bool, bool]]:
    """Return inputs that are on in the program, and switched off outside the program."""
    return dict.fromkeys(names, (True, False))


def switched_on(*names: str) -> dict[str, tuple[bool, bool]]:
    """Return inputs that are off in the program, and switched on outside the program."""
    return dict.fromkeys(names, (False, True))
