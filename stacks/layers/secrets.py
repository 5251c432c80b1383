"""What the environment's Vault hands out, and to whom."""

import pulumi_vault as vault
from pulumi import ResourceOptions

from components.database.plan import DATABASE
from components.secrets.database import DatabaseSecrets, DatabaseSecretsArgs
from components.secrets.house_rules import HouseRules, HouseRulesArgs
from components.secrets.people import People, PeopleArgs
from components.secrets.plan import ServiceAccess, people_policies, pipeline_policy, service_policies, sign_ins
from components.secrets.sign_in import KubernetesSignIn, KubernetesSignInArgs
from components.secrets.token_reviewer import TokenReviewer, TokenReviewerArgs
from stacks import access
from stacks.layers.base import Layer
from stacks.layers.cluster import ClusterOutputs
from stacks.layers.data import DataOutputs
from stacks.layers.foundation import FoundationOutputs
from stacks.settings import EnvironmentSettings


def secrets(settings: EnvironmentSettings, base: FoundationOutputs, cluster: ClusterOutputs, data: DataOutputs) -> None:
    """Audit first, then policies, database users and sign-ins.

    The provider takes its token from whoever runs the program (`vault login`), never from settings.
    """
    layer = Layer("Secrets", base.placement.feature("secrets"), [cluster.kubernetes])
    place = layer.placement
    provider = vault.Provider("vault", address=settings.vault.address, opts=layer.inside())
    within = layer.inside(ResourceOptions(providers=[provider, cluster.kubernetes]))
    accesses = [ServiceAccess(name, each.team, each.database) for name, each in settings.services.items()]
    people = people_policies(settings.environment)
    roles = access.groups(settings.environment)
    rules = HouseRules(
        "vault",
        HouseRulesArgs(
            placement=place,
            audit_file=settings.vault.audit_file,
            policies=(
                pipeline_policy(settings.environment),
                *(people[role] for role in roles),
                *service_policies(settings.environment, accesses),
            ),
        ),
        within,
    )
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
    reviewer = TokenReviewer("token-reviewer", TokenReviewerArgs(placement=place), within)
    KubernetesSignIn(
        "sign-in",
        KubernetesSignInArgs(
            placement=place,
            cluster_url=cluster.url,
            cluster_authority=cluster.authority_pem,
            reviewer_token=reviewer.token,
            sign_ins=sign_ins(accesses),
            policies=rules.policies,
        ),
        after_audit,
    )
    who = access.ACCESS[settings.environment]
    People(
        "people",
        PeopleArgs(
            placement=place,
            groups={str(persona): (access.group(persona), str(role)) for persona, role in who.items()},
            policies=rules.policies,
        ),
        after_audit,
    )
