"""Tags that have to reach further than the resource that names them: what it launches, and Kubernetes' namespaces."""

from policy_packs.kernel.context import Context, Setting
from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.tagging import values
from policy_packs.tagging.tags import REQUIRED

LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
SCALING_GROUP = "aws:autoscaling/group:Group"
NAMESPACE = "kubernetes:core/v1:Namespace"
LAUNCHED = ("instance", "volume")
"""What costs money of what a template launches. A provider's default tags do not reach them."""
PREFIX = {
    "labelPrefix": Setting(
        {"type": "string", "description": "What precedes the seven keys in Kubernetes' labels"},
        "campus-safety.example/",
    )
}


@rule("tags-must-reach-what-is-launched", on=LAUNCH_TEMPLATE, severity=Severity.MEDIUM)
def launched(resource: Resource) -> Findings:
    """Machines and their volumes are most of the bill, and carry the tags that their template tells them to carry."""
    told: dict[str, set[str]] = {kind: set() for kind in LAUNCHED}
    for specification in resource.each("tagSpecifications"):
        if (kind := specification.text("resourceType")) in told:
            told[kind].update(specification.fields("tags"))
    for kind in LAUNCHED:
        if missing := [key for key in REQUIRED if key not in told[kind]]:
            yield f"each {kind} it launches lacks the tags {', '.join(missing)}; name them in tag_specifications"


@rule("tags-must-be-propagated-at-launch", on=SCALING_GROUP, severity=Severity.MEDIUM)
def propagated(resource: Resource) -> Findings:
    """A scaling group costs nothing, its machines do: a tag that stays on the group allocates no cost."""
    kept = [tag.text("key") for tag in resource.each("tags") if not tag.flag("propagateAtLaunch")]
    if found := [key for key in REQUIRED if key in kept]:
        yield f"tags stay on the group: {', '.join(found)}; set propagate_at_launch=True"


@rule("tags-must-label-namespaces", on=NAMESPACE, severity=Severity.MEDIUM, settings={**values.PAYERS, **PREFIX})
def labels(resource: Resource, context: Context) -> Findings:
    """A cluster's cost is split by namespace, and its logs and alarms routed by it: the tags stand there as labels."""
    prefix: str = context.settings["labelPrefix"]
    found = resource.fields("metadata.labels")
    if missing := [key for key in REQUIRED if f"{prefix}{key}" not in found]:
        yield f"missing labels: {', '.join(f'{prefix}{key}' for key in missing)}; take all seven from the settings"
    said = {key: found.text(f"{prefix}{key}") for key in REQUIRED}
    yield from values.environment(f"label {prefix}environment", said["environment"], context)
    yield from values.data_class(f"label {prefix}data-classification", said["data-classification"], context)
    yield from values.payer(f"label {prefix}project", said["project"], context.settings["projects"])
    yield from values.payer(f"label {prefix}team", said["team"], context.settings["costCentres"])
    yield from values.cost_centre(f"label {prefix}cost-centre", said["cost-centre"], said["team"], context)
    for key in REQUIRED:
        yield from values.meaning(f"label {prefix}{key}", said[key])
