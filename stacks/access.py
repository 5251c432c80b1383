"""Who may do what in which environment: the document's access rules as one table, read by every layer.

dev: all developers, no approval. staging: QA and tech leads. preprod: site reliability engineers. prod: engineers on
call.
Whoever is not in an environment's row has no access to it at all, neither in AWS nor in Kubernetes nor in Vault.
"""

from collections.abc import Mapping
from enum import StrEnum

from stacks.requirements import Environment


class Persona(StrEnum):
    """A job of people; not a person, and not a machine."""

    DEVELOPER = "developer"
    QA = "qa"
    TECH_LEAD = "tech-lead"
    SRE = "sre"
    ON_CALL = "on-call"


class Role(StrEnum):
    """What somebody may do in a team's namespace, least first; `ci-cd` is the pipeline's, never a person's."""

    VIEWER = "viewer"
    """Look at everything but secrets."""
    DEVELOPER = "developer"
    """Also run, restart, debug and release."""
    ON_CALL = "on-call"
    """Also mend by hand: scale, roll back, evict, in every team's namespace."""
    CI_CD = "ci-cd"
    """Release into its own namespace, and nothing else."""


DEPLOYER = "deployer"
"""The pipeline's role `campus-<env>-deployer`, which `ops bootstrap` makes: it alone administers clusters."""
ACCESS: Mapping[Environment, Mapping[Persona, Role]] = {
    Environment.DEV: {Persona.DEVELOPER: Role.DEVELOPER},
    Environment.STAGING: {Persona.QA: Role.VIEWER, Persona.TECH_LEAD: Role.DEVELOPER},
    Environment.PREPROD: {Persona.SRE: Role.ON_CALL},
    Environment.PROD: {Persona.ON_CALL: Role.ON_CALL},
}
"""The document's "Access" line of each environment."""


def group(persona: Persona) -> str:
    """The Kubernetes group that an access entry puts people of this persona into, e.g. `campus:on-call`."""
    return f"campus:{persona}"


def groups(environment: Environment) -> dict[Role, tuple[str, ...]]:
    """The groups that have each role in an environment; roles that nobody has there are left out."""
    having: dict[Role, tuple[str, ...]] = {}
    for persona, role in ACCESS[environment].items():
        having[role] = (*having.get(role, ()), group(persona))
    return having
