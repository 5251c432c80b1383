"""Access rules of the environments, for AWS, Kubernetes and Vault.

Source: the "Access" line of each environment in `docs/reference/requirements-source.md`. A persona without an entry
for an environment has no access to it in AWS, Kubernetes or Vault.
"""

from collections.abc import Mapping
from enum import StrEnum

from stacks.requirements import Environment


class Persona(StrEnum):
    """Job role of a group of people. Machines are not personas."""

    DEVELOPER = "developer"
    QA = "qa"
    TECH_LEAD = "tech-lead"
    SRE = "sre"
    ON_CALL = "on-call"


class Role(StrEnum):
    """Permissions in a team's namespace.

    Each role of people includes the permissions of the role before it; `ci-cd` is for the pipeline only.
    """

    VIEWER = "viewer"
    """Read everything except secrets."""
    DEVELOPER = "developer"
    """VIEWER, plus run, restart, open a shell and release, and in dev and staging add debug containers."""
    ON_CALL = "on-call"
    """DEVELOPER, plus manual scaling, rollback and eviction, in every team's namespace."""
    CI_CD = "ci-cd"
    """Release into the pipeline's own namespace only."""


DEPLOYER = "deployer"
"""Pipeline role `campus-<env>-deployer`, created by `ops bootstrap`. No other role administers clusters."""
ACCESS: Mapping[Environment, Mapping[Persona, Role]] = {
    Environment.DEV: {Persona.DEVELOPER: Role.DEVELOPER},
    Environment.STAGING: {Persona.QA: Role.VIEWER, Persona.TECH_LEAD: Role.DEVELOPER},
    Environment.PREPROD: {Persona.SRE: Role.ON_CALL},
    Environment.PROD: {Persona.ON_CALL: Role.ON_CALL},
}
"""Role of each persona, by environment."""


def group(persona: Persona) -> str:
    """Return the Kubernetes group of a persona, for example `campus:on-call`."""
    return f"campus:{persona}"


def groups(environment: Environment) -> dict[Role, tuple[str, ...]]:
    """Return the Kubernetes groups with access to an environment, by role."""
    by_role: dict[Role, tuple[str, ...]] = {}
    for persona, role in ACCESS[environment].items():
        by_role[role] = (*by_role.get(role, ()), group(persona))
    return by_role
