"""Secrets layer: audit, policies, credentials and auth methods in Vault."""

import pulumi_vault as vault
from pulumi import ResourceOptions

from components.base import DeploymentContext
from components.database.plan import DATABASE
from components.secrets.audit_and_policies import AuditAndPolicies, AuditAndPoliciesArgs
from components.secrets.database import DatabaseSecrets, DatabaseSecretsArgs
from components.secrets.kubernetes_auth_method import KubernetesAuthMethod, KubernetesAuthMethodArgs
from components.secrets.people_auth_method import PeopleAuthMethod, PeopleAuthMethodArgs
from components.secrets.plan import (
    ServiceAccess,
    auth_roles,
    kubernetes_auth_path,
    people_policies,
    pipeline_policy,
    service_policies,
)
from components.secrets.token_reviewer import TokenReviewer, TokenReviewerArgs
from stacks import access
from stacks.layers.base import Layer
from stacks.layers.data import DataOutputs
from stacks.layers.foundation import FoundationOutputs
from stacks.layers.recovery import SUFFIX, RecoveryOutputs
from stacks.layers.regional_cluster import ClusterOutputs
from stacks.settings import EnvironmentSettings


def secrets(
    settings: EnvironmentSettings,
    base: FoundationOutputs,
    cluster: ClusterOutputs,
    data: DataOutputs,
    recovery: RecoveryOutputs,
) -> None:
    """Deploy the audit device, then policies, credentials and auth methods.

    The provider uses the token of the user who runs the program (`vault login`), never a token from settings.
    """
    layer = Layer("Secrets", base.context.with_feature("secrets"), [cluster.kubernetes])
    place = layer.context
    provider = vault.Provider("vault", address=settings.vault.address, opts=layer.child_options())
    within = layer.child_options(ResourceOptions(providers=[provider]))
    rules = _audit_and_policies(settings, place, within)
    after_audit = ResourceOptions.merge(within, ResourceOptions(depends_on=[rules.audit]))
    DatabaseSecrets(
        "database-secrets",
        DatabaseSecretsArgs(
            context=place.with_feature("records"),
            address=data.address,
            port=data.port,
            database=DATABASE,
            username=data.username,
            password=data.password,
        ),
        after_audit,
    )
    personas = access.ACCESS[settings.environment]
    PeopleAuthMethod(
        "people",
        PeopleAuthMethodArgs(
            context=place,
            address=settings.vault.address,
            groups={str(persona): (access.group(persona), str(role)) for persona, role in personas.items()},
            policies=rules.policies,
        ),
        after_audit,
    )
    clusters = {"": cluster, **({SUFFIX: recovery.cluster} if recovery.cluster else {})}
    for suffix, each in clusters.items():
        opts = ResourceOptions.merge(after_audit, ResourceOptions(providers=[each.kubernetes]))
        reviewer = TokenReviewer(f"token-reviewer{suffix}", TokenReviewerArgs(context=place), opts)
        KubernetesAuthMethod(
            f"sign-in{suffix}",
            KubernetesAuthMethodArgs(
                context=place,
                path=kubernetes_auth_path(suffix),
                cluster_url=each.url,
                cluster_authority=each.authority_pem,
                reviewer_token=reviewer.token,
                auth_roles=auth_roles(_accesses(settings)),
                policies=rules.policies,
            ),
            opts,
        )


def _accesses(settings: EnvironmentSettings) -> list[ServiceAccess]:
    return [ServiceAccess(name, each.team, each.database) for name, each in settings.services.items()]


def _audit_and_policies(
    settings: EnvironmentSettings, place: DeploymentContext, opts: ResourceOptions
) -> AuditAndPolicies:
    """Deploy the audit device and the policies of the pipeline, people and services."""
    people = people_policies(settings.environment)
    policies = (
        pipeline_policy(settings.environment),
        *(people[role] for role in access.groups(settings.environment)),
        *service_policies(settings.environment, _accesses(settings)),
    )
    args = AuditAndPoliciesArgs(context=place, audit_file=settings.vault.audit_file, policies=policies)
    return AuditAndPolicies("vault", args, opts)
