"""Foundation layer: the AWS provider, names, tags and encryption keys."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.base import DeploymentContext, Tags
from components.keys.key import EncryptionKey, EncryptionKeyArgs
from components.keys.plan import Purpose
from stacks.layers.base import Layer
from stacks.settings import EnvironmentSettings

PROJECT = "campus-safety"
PRIMARY_KEYS: tuple[Purpose, ...] = tuple(purpose for purpose in Purpose if purpose is not Purpose.COST)
RECOVERY_KEYS = (
    *(Purpose.DATABASE, Purpose.EVIDENCE, Purpose.CLUSTER, Purpose.VOLUMES, Purpose.LOGS),
    *(Purpose.BACKUP, Purpose.SNAPSHOTS, Purpose.ALERTS, Purpose.AUDIT),
)


@dataclass(frozen=True)
class FoundationOutputs:
    """Provider, contexts and keys for the other layers; keys are ARNs by purpose."""

    aws: aws.Provider
    context: DeploymentContext
    recovery_context: DeploymentContext
    keys: dict[Purpose, pulumi.Output[str]]
    recovery_keys: dict[Purpose, pulumi.Output[str]]


def deployment_context(settings: EnvironmentSettings) -> DeploymentContext:
    """Return the context of the primary region, with the environment's tags."""
    ownership = settings.ownership
    tags = Tags(
        project=PROJECT,
        environment=settings.environment,
        team=ownership.team,
        feature="platform",
        owner=ownership.owner,
        cost_centre=ownership.cost_centre,
        data_classification=settings.data.classification,
    )
    return DeploymentContext(settings.environment, settings.account, settings.region, tags)


def foundation(settings: EnvironmentSettings) -> FoundationOutputs:
    """Deploy the provider, which rejects any other account, and the keys."""
    place = deployment_context(settings).with_feature("foundation")
    layer = Layer("Foundation", place)
    provider = aws.Provider(
        "aws",
        region=settings.region,
        allowed_account_ids=[settings.account],
        default_tags=aws.ProviderDefaultTagsArgs(tags=deployment_context(settings).tags.as_dict()),
        opts=layer.child_options(),
    )
    within = layer.child_options(ResourceOptions(provider=provider))
    keys = {purpose: _key(f"{purpose}", place, purpose, within) for purpose in PRIMARY_KEYS}
    recovery = place.with_region(settings.recovery.region)
    recovery_purposes = RECOVERY_KEYS if settings.recovery.enabled else ()
    recovery_keys = {purpose: _key(f"{purpose}-dr", recovery, purpose, within) for purpose in recovery_purposes}
    return FoundationOutputs(
        aws=provider,
        context=deployment_context(settings),
        recovery_context=deployment_context(settings).with_region(settings.recovery.region),
        keys=keys,
        recovery_keys=recovery_keys,
    )


def _key(name: str, place: DeploymentContext, purpose: Purpose, opts: ResourceOptions) -> pulumi.Output[str]:
    return EncryptionKey(name, EncryptionKeyArgs(context=place, purpose=purpose), opts).arn
