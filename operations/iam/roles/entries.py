"""Reviewed requests of each role: needed requests and attacks.

The data is independent of the program: its sources are the documentation or the code of the software that uses the
role. `pods.yaml` explains the format; `never.yaml` lists the attacks that every role must stop.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from operations.bootstrap.context import AccountContext
from operations.errors import OperationsError
from operations.iam.evaluation import Document, Request
from operations.iam.roles.recorded import RecordedRole
from operations.iam.written_requests import OTHER_ACCOUNT, filled, written_requests

DIRECTORY: Final = Path(__file__).parent
FILES: Final = ("pods.yaml", "load_balancer_controller.yaml", "aws.yaml", "people.yaml")
EVERY_ROLE: Final = "never.yaml"
RECOVERY: Final = "-dr"
ABROAD: Final = "eu-west-1"
"""Region outside of every environment."""


class MissingEntryError(OperationsError):
    """A role has no reviewed requests."""


@dataclass(frozen=True)
class Entry:
    """Reviewed requests of one kind of role, and the principal that assumes the role."""

    kind: str
    """Name of the role in AWS without `campus-<env>-` and without `-dr`."""
    source: str
    assumed_by: Mapping[str, str]
    """`pods: <namespace>/<service account>`, `service: <principal>` or `persona: <name>`."""
    names: Mapping[str, str]
    """Values of additional names that the requests contain in braces."""
    needs: tuple[Mapping[str, Any], ...]
    never: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Question:
    """One request of a role, and the answer that it must get."""

    role: RecordedRole
    text: str
    """Purpose of a needed request, or goal of an attacker."""
    request: Request
    needed: bool
    policy: Document | None = None
    """Resource policy of a target that the program does not create."""
    allowed: str = ""
    """Reason for accepting that an attack succeeds; empty if it must fail."""

    def __str__(self) -> str:
        return f"{self.role.name}: {self.request.action} on {self.request.resource} ({self.text})"


@cache
def entries() -> Mapping[str, Entry]:
    """Return the reviewed entries, by kind of role."""
    found: dict[str, Entry] = {}
    for file in FILES:
        for entry in yaml.safe_load((DIRECTORY / file).read_text(encoding="utf-8"))["roles"]:
            found[entry["role"]] = Entry(
                kind=entry["role"],
                source=entry["source"],
                assumed_by=entry["assumed_by"],
                names=entry.get("names", {}),
                needs=tuple(entry["needs"]),
                never=tuple(entry["never"]),
            )
    return found


def entry_of(role: RecordedRole, context: AccountContext) -> Entry:
    """Return the entry of a role.

    Raises:
        MissingEntryError: the role has no reviewed requests.
    """
    kind = role.name.removeprefix(context.named("")).replace(RECOVERY, "", 1)
    if kind not in entries():
        raise MissingEntryError(
            f"role {role.name} has no entry {kind} in operations/iam/roles; add one that lists the requests that the "
            "role needs and those that must be denied, with their source"
        )
    return entries()[kind]


def role_names(role: RecordedRole, context: AccountContext) -> dict[str, str]:
    """Return a role's values for the names in braces that requests contain."""
    other_region = context.recovery_region or ABROAD
    here, there = (context.region, ""), (other_region, RECOVERY)
    (region, suffix), (elsewhere, other_suffix) = (there, here) if RECOVERY in role.name else (here, there)
    names = {
        "account": context.account,
        "alias": context.alias,
        "boundary": context.boundary,
        "cluster": f"campus-{context.environment}{suffix}",
        "environment": context.environment,
        "other": OTHER_ACCOUNT,
        "other_cluster": f"campus-{context.environment}{other_suffix}",
        "other_region": elsewhere,
        "other_suffix": other_suffix,
        "region": region,
        "role": role.arn,
        "session": Request(role.arn, "", "").session_arn,
        "state": context.bucket,
        "suffix": suffix,
    }
    return {**names, **filled(entry_of(role, context).names, names)}


def questions(role: RecordedRole, context: AccountContext) -> Iterator[Question]:
    """Yield every question about a role."""
    entry, names = entry_of(role, context), role_names(role, context)
    for need in entry.needs:
        yield from _questions(role, need, names, needed=True)
    for attack in (*entry.never, *_never(entry.kind)):
        yield from _questions(role, attack, names, needed=False)


def _never(kind: str) -> Iterator[Mapping[str, Any]]:
    """Yield the attacks of `never.yaml`.

    The reason for an exception is included if it applies to this kind of role.
    """
    for attack in _attacks_on_every_role():
        if kind not in attack.get("needed_by", ()):
            yield {**attack, "allowed": attack.get("allowed", {}).get(kind, "")}


@cache
def _attacks_on_every_role() -> tuple[Mapping[str, Any], ...]:
    return tuple(yaml.safe_load((DIRECTORY / EVERY_ROLE).read_text(encoding="utf-8")))


def _questions(
    role: RecordedRole, data: Mapping[str, Any], names: Mapping[str, str], *, needed: bool
) -> Iterator[Question]:
    if data.get("only") == "primary" and names["suffix"]:
        return
    keys = {
        "aws:RequestedRegion": (names["region"],),
        "aws:ResourceAccount": (names["account"],),
        "aws:SecureTransport": ("true",),
        "s3:TlsVersion": ("1.3",),
    }
    text = data["why" if needed else "goal"]
    for request, policy in written_requests({"resources": ["*"], **data}, role.arn, names, keys):
        yield Question(role, text, request, needed, policy, data.get("allowed", ""))
