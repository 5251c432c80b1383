"""People in Vault: groups to which a sign-in (OIDC) can be attached, each with the policy of its role."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_vault as vault

from components.base import PlacedArgs, PlatformComponent


@dataclass(frozen=True, kw_only=True)
class PeopleArgs(PlacedArgs):
    """Who has which role."""

    groups: Mapping[str, tuple[str, str]]
    """Persona to (group, role); the role's policy has the role's name."""
    policies: Mapping[str, vault.Policy]


class People(PlatformComponent):
    """External groups: who is in them is the identity provider's to say, by an alias on its sign-in method.

    Outputs: ids (of the groups, by persona).
    """

    def __init__(self, name: str, args: PeopleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("campus:secrets:People", name, args.placement, opts)
        made = {
            persona: vault.identity.Group(
                f"{name}-{persona}",
                name=group,
                type="external",
                policies=[args.policies[role].name],
                metadata={"environment": args.placement.environment, "role": role},
                opts=self.inside(),
            )
            for persona, (group, role) in args.groups.items()
        }
        self.ids: dict[str, pulumi.Output[str]] = {persona: group.id for persona, group in made.items()}
        self.register_outputs({})
