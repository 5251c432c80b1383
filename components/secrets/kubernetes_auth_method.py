"""Vault Kubernetes auth method of one cluster, with which workloads authenticate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_vault as vault
from pulumi import ResourceOptions

from components.base import ComponentArgs, PlatformComponent
from components.secrets.plan import AUDIENCE, AuthRolePlan


@dataclass(frozen=True, kw_only=True)
class KubernetesAuthMethodArgs(ComponentArgs):
    """Cluster, auth roles and policies."""

    path: str
    """Mount path. Each cluster needs its own auth method, because it signs its own tokens."""
    cluster_url: pulumi.Input[str]
    cluster_authority: pulumi.Input[str]
    """Certificate authority of the cluster's API server in PEM format."""
    reviewer_token: pulumi.Input[str]
    auth_roles: Sequence[AuthRolePlan]
    policies: Mapping[str, vault.Policy]
    """Policies by name. An auth role reads the policy's name from the resource, so the policy is created first."""


class KubernetesAuthMethod(PlatformComponent):
    """Vault's Kubernetes auth method, with one role per service account."""

    def __init__(self, name: str, args: KubernetesAuthMethodArgs, opts: ResourceOptions | None = None) -> None:
        # The type token predates the class name, but it is part of the URN and must not change.
        super().__init__("campus:secrets:KubernetesSignIn", name, args.context, opts)
        method = vault.AuthBackend(
            name,
            type="kubernetes",
            path=args.path,
            description=f"service accounts of campus-{args.context.environment}",
            opts=self.child_options(),
        )
        config = vault.kubernetes.AuthBackendConfig(
            name,
            backend=method.path,
            kubernetes_host=args.cluster_url,
            kubernetes_ca_cert=args.cluster_authority,
            token_reviewer_jwt=args.reviewer_token,
            disable_local_ca_jwt=True,
            opts=self.child_options(),
        )
        for plan in args.auth_roles:
            vault.kubernetes.AuthBackendRole(
                f"{name}-{plan.role}",
                backend=method.path,
                role_name=plan.role,
                bound_service_account_names=[plan.account],
                bound_service_account_namespaces=list(plan.namespaces),
                audience=AUDIENCE,
                token_policies=[args.policies[plan.policy].name],
                token_ttl=plan.ttl,
                token_max_ttl=plan.ttl,
                opts=self.child_options(ResourceOptions(depends_on=[config])),
            )
        self.register_outputs({})
