"""The one act that lifts the protection of an environment's data: named, said aloud, and heard in a rehearsal only.

Settings must not do it, so the value stands under a key that is nobody's setting: every reader of the files
(`loading`, hence reviews, tests and `ops`) refuses a file in which it is left. A program hears it only when all of AWS
is an address of this machine, which goes for the official provider too: with that endpoint it reaches no other.
"""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from stacks.errors import Mistake, SettingsError
from stacks.parsing import file_name
from stacks.settings import EnvironmentSettings

NAMESPACE = "rehearsal"
NAME = "dispose"
KEY = f"{NAMESPACE}:{NAME}"
"""Its value is the name of the environment whose data may go, so that it is no good in another's file."""
ENDPOINT = "AWS_ENDPOINT_URL"


def refused(environment: str) -> Mistake:
    """What is told to whom left the key in a file."""
    return Mistake(
        KEY, f"lifts the protection of data and belongs in no file; use `ops rehearse up {environment} --disposable`"
    )


def lifted(settings: EnvironmentSettings, wanted: str, surroundings: Mapping[str, str]) -> EnvironmentSettings:
    """Settings that passed every rule, with their data made disposable.

    Raises SettingsError when `wanted` names another environment, or AWS may be a real one.
    """
    environment = settings.environment
    if wanted != environment:
        raise SettingsError(file_name(environment), [Mistake(KEY, f"names {wanted}, not {environment}")])
    if not _of_this_machine(surroundings.get(ENDPOINT, "")):
        raise SettingsError(file_name(environment), [refused(environment)])
    return settings.model_copy(update={"data": settings.data.model_copy(update={"disposable": True})})


def warning(environment: str) -> str:
    """What every run says while the protection is lifted."""
    return (
        f"The protection of {environment}'s data is lifted in this rehearsal ({KEY}): no deletion protection, no final "
        "snapshots, no vault lock, buckets are emptied; `pulumi destroy` takes it all."
    )


def _of_this_machine(endpoint: str) -> bool:
    try:
        return ip_address(urlsplit(endpoint).hostname or "").is_loopback
    except ValueError:
        return False
