"""What the environment's Vault hands out, and to whom."""

import pulumi_vault as vault
from pulumi import ResourceOptions

from components.base import Placement
from components.database.plan import DATABASE
from components.secrets.database import DatabaseSecrets, DatabaseSecretsArgs
from components.secrets.house_rules import HouseRules, HouseRulesArgs
from components.secrets.people import People, PeopleArgs
from components.secrets.plan import (
    ServiceAccess,
    people_policies,
    pipeline_policy,
    service_policies,
    sign_in_path,
    sign_ins,
)
from components.secrets.sign_in import KubernetesSignIn, KubernetesSignInArgs
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
    """Audit first, then policies, database users and sign-ins: of people, and of each cluster's service accounts.

    The provider takes its token from whoever runs the program (`vault login`), never from settings.
    """
    layer = Layer("Secrets", base.placement.feature("secrets"), [cluster.kubernetes])
    place = layer.placement
    provider = vault.Provider("vault", address=settings.vault.address, opts=layer.inside())
    within = layer.inside(ResourceOptions(providers=[provider]))
    rules = _house_rules(settings, place, within)
    after_audit = ResourceOptions.merge(within, ResourceOptions(depends_on=[rules.audit]))
    DatabaseSecrets(
        "database-secrets",
        DatabaseSecretsArgs(
            placement=place.feature("records"),
            address=data.address,
            port=data.port,
            database=DATABASE,
            username=data.username,
            password=data.password,
        ),
        after_audit,
    )
    who = access.ACCESS[settings.environment]
    People(
        "people",
        PeopleArgs(
            placement=place,
            address=settings.vault.address,
            groups={str(persona): (access.group(persona), str(role)) for persona, role in who.items()},
            policies=rules.policies,
        ),
        after_audit,
    )
    clusters = {"": cluster, **({SUFFIX: recovery.cluster} if recovery.cluster else {})}
    for suffix, each in clusters.items():
        opts = ResourceOptions.merge(after_audit, ResourceOptions(providers=[each.kubernetes]))
        reviewer = TokenReviewer(f"token-reviewer{suffix}", TokenReviewerArgs(placement=place), opts)
        KubernetesSignIn(
            f"sign-in{suffix}",
            KubernetesSignInArgs(
                placement=place,
                path=sign_in_path(suffix),
                cluster_url=each.url,
                cluster_authority=each.authority_pem,
                reviewer_token=reviewer.token,
                sign_ins=sign_ins(_accesses(settings)),
                policies=rules.policies,
            ),
            opts,
        )


def _accesses(settings: EnvironmentSettings) -> list[ServiceAccess]:
    return [ServiceAccess(name, each.team, each.database) for name, each in settings.services.items()]


def _house_rules(settings: EnvironmentSettings, place: Placement, opts: ResourceOptions) -> HouseRules:
    """The audit device, and the policies of the pipeline, of the roles that somebody has here, and of each service."""
    people = people_policies(settings.environment)
    policies = (
        pipeline_policy(settings.environment),
        *(people[role] for role in access.groups(settings.environment)),
        *service_policies(settings.environment, _accesses(settings)),
    )
    args = HouseRulesArgs(placement=place, audit_file=settings.vault.audit_file, policies=policies)
    return HouseRules("vault", args, opts)
