"""Where everything stands: the AWS provider, names and tags, and the encryption keys."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.base import Placement, Tags
from components.keys.key import EncryptionKey, EncryptionKeyArgs
from components.keys.plan import Purpose
from stacks.layers.base import Layer
from stacks.settings import EnvironmentSettings

PROJECT = "campus-safety"
PRIMARY_KEYS: tuple[Purpose, ...] = tuple(purpose for purpose in Purpose if purpose is not Purpose.COST)
RECOVERY_KEYS = (
    *(Purpose.DATABASE, Purpose.EVIDENCE, Purpose.CLUSTER, Purpose.VOLUMES, Purpose.LOGS),
    *(Purpose.BACKUP, Purpose.SNAPSHOTS, Purpose.NOTICES, Purpose.AUDIT),
)


@dataclass(frozen=True)
class FoundationOutputs:
    """What every other layer starts from. Keys are ARNs; `recovery` ones exist where recovery is enabled."""

    aws: aws.Provider
    placement: Placement
    recovery_placement: Placement
    keys: dict[Purpose, pulumi.Output[str]]
    recovery_keys: dict[Purpose, pulumi.Output[str]]


def placement(settings: EnvironmentSettings) -> Placement:
    """The primary region, with the environment's tags."""
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
    return Placement(settings.environment, settings.account, settings.region, tags)


def foundation(settings: EnvironmentSettings) -> FoundationOutputs:
    """The provider refuses any account but the environment's own."""
    place = placement(settings).feature("foundation")
    layer = Layer("Foundation", place)
    provider = aws.Provider(
        "aws",
        region=settings.region,
        allowed_account_ids=[settings.account],
        default_tags=aws.ProviderDefaultTagsArgs(tags=placement(settings).tags.as_dict()),
        opts=layer.inside(),
    )
    within = layer.inside(ResourceOptions(provider=provider))
    keys = {purpose: _key(f"{purpose}", place, purpose, within) for purpose in PRIMARY_KEYS}
    recovery = place.moved_to(settings.recovery.region)
    wanted = RECOVERY_KEYS if settings.recovery.enabled else ()
    recovery_keys = {purpose: _key(f"{purpose}-dr", recovery, purpose, within) for purpose in wanted}
    return FoundationOutputs(
        aws=provider,
        placement=placement(settings),
        recovery_placement=placement(settings).moved_to(settings.recovery.region),
        keys=keys,
        recovery_keys=recovery_keys,
    )


def _key(name: str, place: Placement, purpose: Purpose, opts: ResourceOptions) -> pulumi.Output[str]:
    return EncryptionKey(name, EncryptionKeyArgs(placement=place, purpose=purpose), opts).arn
