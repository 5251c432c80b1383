"""The override that makes protected data destroyable in one rehearsal.

A settings file must not contain this override. Therefore the override uses a key outside the settings namespace, and
`stacks.loading`, which reviews, tests and `ops` use, rejects a file that contains this key.

A program accepts the override only if `AWS_ENDPOINT_URL` is a loopback address on which a server listens, and if no
variable for a single service overrides `AWS_ENDPOINT_URL`. The official AWS provider uses these variables too, so it
cannot reach the real AWS.
"""

import socket
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from stacks.errors import Mistake, SettingsError
from stacks.parsing import file_name
from stacks.settings import EnvironmentSettings

NAMESPACE = "rehearsal"
NAME = "dispose"
KEY = f"{NAMESPACE}:{NAME}"
"""Key of the override. Its value names the environment, so that the override is rejected in any other environment."""
ENDPOINT = "AWS_ENDPOINT_URL"
IGNORE_ENDPOINTS = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
"""Environment variable of the AWS SDKs, like `ENDPOINT`.

Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
"""
CONNECT_SECONDS = 2.0


def override_in_file(environment: str) -> Mistake:
    """Return the mistake to report for a settings file that contains the override."""
    return Mistake(
        KEY,
        "removes the protection of data, so it must not be in a settings file; "
        f"use `ops rehearse up {environment} --disposable`",
    )


def make_destroyable(
    settings: EnvironmentSettings, named_environment: str, process_environment: Mapping[str, str]
) -> EnvironmentSettings:
    """Return validated settings with destroyable data.

    Args:
        settings: settings that passed every rule.
        named_environment: value of the override.
        process_environment: environment variables of the program.

    Raises:
        SettingsError: the override names another environment, or the program might reach the real AWS.
    """
    environment = settings.environment
    if named_environment != environment:
        sentence = f"names {named_environment}; must name {environment}"
        raise SettingsError(file_name(environment), [Mistake(KEY, sentence)])
    if not _reaches_only_this_machine(process_environment):
        raise SettingsError(file_name(environment), [override_in_file(environment)])
    return settings.model_copy(update={"data": settings.data.model_copy(update={"destroyable": True})})


def warning(environment: str) -> str:
    """Return the warning that every run prints while the protection is off."""
    return (
        f"The data of {environment} is not protected in this rehearsal ({KEY}): no deletion protection, no final "
        "snapshots, no vault lock. `pulumi destroy` empties all buckets and deletes all data."
    )


def _reaches_only_this_machine(process_environment: Mapping[str, str]) -> bool:
    """Return True if the AWS SDKs use a server on this machine for every service."""
    overriding = [name for name in process_environment if name.startswith(f"{ENDPOINT}_") or name == IGNORE_ENDPOINTS]
    if any(process_environment[name] for name in overriding):
        return False
    return _listens_on_loopback(process_environment.get(ENDPOINT, ""))


def _listens_on_loopback(endpoint: str) -> bool:
    """Return True if a server listens at a URL with a loopback address."""
    try:
        parts = urlsplit(endpoint)
        address, port = ip_address(parts.hostname or ""), parts.port
        if not address.is_loopback or port is None:
            return False
        with socket.create_connection((str(address), port), timeout=CONNECT_SECONDS):
            return True
    except (OSError, ValueError):
        return False
