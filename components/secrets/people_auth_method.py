"""Vault OIDC auth method for people; identity provider groups map to policies."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_vault as vault

from components.base import ComponentArgs, PlatformComponent
from components.secrets.plan import GROUPS_CLAIM, PEOPLE, PEOPLE_MAX_TTL, PEOPLE_ROLE, PEOPLE_TTL, callbacks


@dataclass(frozen=True, kw_only=True)
class PeopleAuthMethodArgs(ComponentArgs):
    """Groups of people and their policies."""

    address: str
    """URL at which people's browsers reach Vault."""
    groups: Mapping[str, tuple[str, str]]
    """Pairs (group of the identity provider, role) by persona. Members of the group get the role's policy."""
    policies: Mapping[str, vault.Policy]
    """Policies by role."""


class PeopleAuthMethod(PlatformComponent):
    """OIDC auth method for members of the environment's groups, with their policies.

    An administrator writes the identity provider's configuration and client secret to `auth/oidc/config`, because
    neither belongs in settings or state. Until then nobody can sign in with this method.

    Outputs: ids (of the groups, by persona).
    """

    def __init__(self, name: str, args: PeopleAuthMethodArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        # The type token predates the class name, but it is part of the URN and must not change.
        super().__init__("campus:secrets:People", name, args.context, opts)
        method = vault.AuthBackend(
            name,
            type="oidc",
            path=PEOPLE,
            description=f"people of campus-{args.context.environment}",
            opts=self.child_options(),
        )
        vault.jwt.AuthBackendRole(
            name,
            backend=method.path,
            role_name=PEOPLE_ROLE,
            role_type="oidc",
            user_claim="email",
            groups_claim=GROUPS_CLAIM,
            bound_claims={GROUPS_CLAIM: ",".join(group for group, _ in args.groups.values())},
            oidc_scopes=["email", GROUPS_CLAIM],
            allowed_redirect_uris=callbacks(args.address),
            token_ttl=PEOPLE_TTL,
            token_max_ttl=PEOPLE_MAX_TTL,
            opts=self.child_options(),
        )
        self.ids = {
            persona: self._group(f"{name}-{persona}", args, method, *who) for persona, who in args.groups.items()
        }
        self.register_outputs({})

    def _group(
        self, name: str, args: PeopleAuthMethodArgs, method: vault.AuthBackend, group: str, role: str
    ) -> pulumi.Output[str]:
        """Create an external group in Vault and its alias, and return the group's ID.

        The alias has the same name as a group of the identity provider, whose members become the Vault group's members.
        """
        identity_group = vault.identity.Group(
            name,
            name=group,
            type="external",
            policies=[args.policies[role].name],
            metadata={"environment": args.context.environment, "role": role},
            opts=self.child_options(),
        )
        vault.identity.GroupAlias(
            name, name=group, mount_accessor=method.accessor, canonical_id=identity_group.id, opts=self.child_options()
        )
        return identity_group.id
