"""IAM roles of people, one per persona."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import iam

from components.base import ComponentArgs, PlatformComponent
from components.identity.documents import policy
from components.identity.persona_plan import persona_permissions, persona_trust


@dataclass(frozen=True, kw_only=True)
class PersonaRolesArgs(ComponentArgs):
    """Personas with access to the environment."""

    personas: Sequence[str]
    session_seconds: int


class PersonaRoles(PlatformComponent):
    """IAM roles `campus-<env>-<persona>`, one per persona.

    Outputs: arns by persona, which resolve only after the roles' policies exist.
    """

    def __init__(self, name: str, args: PersonaRolesArgs, opts: ResourceOptions | None = None) -> None:
        # The type token predates the class name, but it is part of the URN and must not change.
        super().__init__("campus:identity:People", name, args.context, opts)
        self._args = args
        self.arns = {persona: self._role(f"{name}-{persona}", persona) for persona in args.personas}
        self.register_outputs({"arns": self.arns})

    def _role(self, name: str, persona: str) -> pulumi.Output[str]:
        context = self._args.context
        role = iam.Role(
            name,
            name=context.resource_name(persona),
            assume_role_policy=policy(*persona_trust(context.account, persona)),
            max_session_duration=self._args.session_seconds,
            permissions_boundary=context.boundary,
            **self.global_child(persona),
        )
        inline = iam.RolePolicy(
            name,
            name=persona,
            role=role.name,
            policy=policy(*persona_permissions(context.account, context.environment)),
            opts=self.child_options(),
        )
        return pulumi.Output.all(role.arn, inline.id).apply(lambda parts: str(parts[0]))
