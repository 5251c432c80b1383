"""Tags of launched machines and volumes, and labels of Kubernetes namespaces."""

from policy_packs.kernel.context import Context, Setting
from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.tagging import allowed_values
from policy_packs.tagging.tags import REQUIRED, each_of, named

LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
SCALING_GROUP = "aws:autoscaling/group:Group"
NAMESPACE = "kubernetes:core/v1:Namespace"
LAUNCHED_TYPES = ("instance", "volume")
"""Billed resources that a template launches. A provider's default tags don't reach them."""
LABEL_PREFIX = {
    "labelPrefix": Setting(
        {"type": "string", "description": "Prefix of the seven keys in Kubernetes labels"},
        "campus-safety.example/",
    )
}


@rule("tags-must-reach-what-is-launched", on=LAUNCH_TEMPLATE, severity=Severity.MEDIUM)
def launched(resource: Resource) -> Findings:
    """Machines and their volumes are most of the bill, and a provider's default tags do not reach them.

    The tags of an Auto Scaling group reach its machines, but not their volumes.
    """
    tags: dict[str, set[str]] = {launched_type: set() for launched_type in LAUNCHED_TYPES}
    for specification in resource.each("tagSpecifications"):
        if (launched_type := specification.text("resourceType")) in tags:
            tags[launched_type].update(specification.fields("tags"))
    for launched_type in LAUNCHED_TYPES:
        if missing := [key for key in REQUIRED if key not in tags[launched_type]]:
            yield f"Each launched {launched_type} lacks {named(missing)}. Add {each_of(missing)} to tag_specifications."


@rule("tags-must-be-propagated-at-launch", on=SCALING_GROUP, severity=Severity.MEDIUM)
def propagated(resource: Resource) -> Findings:
    """An Auto Scaling group is free, but its machines are not. A tag that stays on the group allocates no cost.

    AWS's provider does not apply its default tags to these groups, so each tag must be written on the group.
    """
    reaching = {tag.text("key") for tag in resource.each("tags") if tag.flag("propagateAtLaunch")}
    if keys := [key for key in REQUIRED if key not in reaching]:
        yield (
            f"Machines do not get {named(keys)}. Add {each_of(keys)} to the group's tags with "
            "propagate_at_launch=True, because the provider's default tags do not reach Auto Scaling groups."
        )


@rule(
    "tags-must-label-namespaces",
    on=NAMESPACE,
    severity=Severity.MEDIUM,
    settings={**allowed_values.PAYERS, **allowed_values.DATA_CLASSES, **LABEL_PREFIX},
)
def labels(resource: Resource, context: Context) -> Findings:
    """A cluster's cost is split by namespace, and its logs and alarms are routed by namespace labels."""
    prefix: str = context.settings["labelPrefix"]
    labels = resource.fields("metadata.labels")
    if missing := [key for key in REQUIRED if f"{prefix}{key}" not in labels]:
        yield (
            f"Missing labels: {', '.join(f'{prefix}{key}' for key in missing)}. Take their values from the "
            "environment's settings and the namespace's team and feature."
        )
    values = {key: labels.text(f"{prefix}{key}") for key in REQUIRED}
    yield from allowed_values.environment(f"Label {prefix}environment", values["environment"], context)
    yield from allowed_values.data_class(f"Label {prefix}data-classification", values["data-classification"], context)
    yield from allowed_values.project(f"Label {prefix}project", values["project"], context)
    yield from allowed_values.team(f"Label {prefix}team", values["team"], context)
    yield from allowed_values.cost_centre(f"Label {prefix}cost-centre", values["cost-centre"], values["team"], context)
    for key in REQUIRED:
        yield from allowed_values.meaning(f"Label {prefix}{key}", values[key])
