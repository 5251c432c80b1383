"""What virtual machines cost: instances, node groups and scaling groups, with their volumes."""

from collections.abc import Iterator
from decimal import Decimal

from policy_packs.cost.pricing import Count, Item, Surroundings, Unpriced, first, monthly, region_of
from policy_packs.kernel.resource import Reader, Resource

INSTANCE = "aws:ec2/instance:Instance"
SPOT_REQUEST = "aws:ec2/spotInstanceRequest:SpotInstanceRequest"
LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
LAUNCH_CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
SCALING_GROUP = "aws:autoscaling/group:Group"
MACHINES = (INSTANCE, SPOT_REQUEST, LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION, NODE_GROUP, SCALING_GROUP)
MIXED = "mixedInstancesPolicy.launchTemplate"
OVERRIDES = f"{MIXED}.overrides"

EKS_DEFAULT_TYPE = "t3.medium"
"""What EKS takes for a node group that names neither types nor a launch template."""
EKS_DEFAULT_GIB = 20
"""The volume of a node that nobody has sized (EKS API: CreateNodegroup, diskSize; Linux)."""
DEFAULT_VOLUME = "gp2"
"""What EC2 makes of a volume without a type."""
FREE_IOPS, FREE_MIBPS = 3000, 125
"""What gp3 has without paying for it (EBS user guide, "General Purpose SSD volumes")."""
SPOT_FACTOR = Decimal("0.4")
"""The dearest that spot capacity is expected to be, of the on-demand price: the document counts on 60-70 % less."""


def machine_types(resource: Resource) -> tuple[str, ...]:
    """The EC2 instance types that a resource may start."""
    if resource.type == NODE_GROUP:
        return resource.texts("instanceTypes") or (() if "launchTemplate" in resource else (EKS_DEFAULT_TYPE,))
    if resource.type == SCALING_GROUP:
        return tuple(kind for override in resource.each(OVERRIDES) for kind in override.texts("instanceType"))
    return resource.texts("instanceType")


def by_requirements(resource: Resource) -> bool:
    """Whether AWS chooses the instance types, by vCPUs and memory, so that nobody knows what they cost."""
    if resource.type == SCALING_GROUP:
        return any("instanceRequirements" in override for override in resource.each(OVERRIDES))
    return "instanceRequirements" in resource


def is_spot(resource: Resource) -> bool:
    """Whether a resource runs on spot capacity."""
    if resource.type == NODE_GROUP:
        return resource.text("capacityType") == "SPOT"
    return resource.type == SPOT_REQUEST or resource["instanceMarketOptions.marketType"] == "spot"


def instance_items(resource: Resource, around: Surroundings | None) -> Iterator[Item]:
    """One machine and its volumes; what a launch template would add to them is not looked for."""
    region = region_of(resource)
    yield _machine(region, machine_types(resource), Count.of(1), spot=is_spot(resource))
    yield _volume(region, resource.fields("rootBlockDevice"), Count.of(1), around, size="volumeSize", kind="volumeType")
    for device in resource.each("ebsBlockDevices"):
        yield _volume(region, device, Count.of(1), around, size="volumeSize", kind="volumeType")


def volume_items(resource: Resource, around: Surroundings | None) -> Iterator[Item]:
    """A volume by itself."""
    yield _volume(region_of(resource), resource, Count.of(1), around, size="size", kind="type")


def node_group_items(resource: Resource, around: Surroundings | None) -> Iterator[Item]:
    """An EKS node group at its least, planned and greatest size, each node with its volumes."""
    region = region_of(resource)
    nodes = _sizes(resource, "scalingConfig.minSize", "scalingConfig.desiredSize", "scalingConfig.maxSize", around)
    template = around.linked(resource, "launchTemplate", LAUNCH_TEMPLATE) if around else None
    if around and "launchTemplate" in resource and template is None:
        raise Unpriced("its launch template is not in this stack, so that its volumes are not known; make it here")
    kinds = machine_types(resource) or (machine_types(template) if template else ())
    if kinds or around:
        yield _machine(region, kinds, nodes, spot=is_spot(resource))
    if template:
        yield from _volumes(region, template, nodes, around)
    elif "launchTemplate" not in resource:
        gib = resource.number("diskSize") or EKS_DEFAULT_GIB
        yield _gib(region, DEFAULT_VOLUME, nodes.times(gib))


def scaling_group_items(resource: Resource, around: Surroundings | None) -> Iterator[Item]:
    """An Auto Scaling group likewise. What its launch template says is known in the stack only."""
    nodes = _sizes(resource, "minSize", "desiredCapacity", "maxSize", around)
    if by_requirements(resource):
        raise Unpriced("instance_requirements lets AWS choose the type, at any price; name the instance types instead")
    key = "mixedInstancesPolicy" if "mixedInstancesPolicy" in resource else "launchTemplate"
    template = around.linked(resource, key, LAUNCH_TEMPLATE) if around else None
    if around and template is None:
        raise Unpriced("its launch template is not in this stack, so that it can't be priced; make it here")
    kinds = machine_types(resource) or (machine_types(template) if template else ())
    if kinds or around:
        yield _machine(region_of(resource), kinds, nodes, spot=template is not None and is_spot(template))
    if template:
        yield from _volumes(region_of(resource), template, nodes, around)


def _sizes(resource: Resource, low: str, expected: str, high: str, around: Surroundings | None) -> Count:
    least, most = resource.number(low), resource.number(high)
    if least is None or most is None:
        raise Unpriced(f"says no {low} or no {high}, so that how many machines there may be is not known; set both")
    planned = Decimal(str(first(lambda: resource.number(expected), lambda: least)))
    return Count(
        Decimal(str(least)), max(planned, around.scheduled(resource) if around else planned), Decimal(str(most))
    )


def _machine(region: str, kinds: tuple[str, ...], count: Count, *, spot: bool) -> Item:
    """The dearest of the types that may be started: AWS decides which it is."""
    if not kinds:
        raise Unpriced("says no instance type, so that its price is not known; set one")
    price, kind = max((monthly(region, "instances", kind), kind) for kind in kinds)
    return Item(f"{kind} on spot", price * SPOT_FACTOR, count) if spot else Item(kind, price, count)


def _volumes(region: str, template: Resource, nodes: Count, around: Surroundings | None) -> Iterator[Item]:
    devices = [device.fields("ebs") for device in template.each("blockDeviceMappings")]
    if not devices:
        yield _gib(region, DEFAULT_VOLUME, nodes.times(EKS_DEFAULT_GIB))
    for device in devices:
        yield _volume(region, device, nodes, around, size="volumeSize", kind="volumeType")


def _volume(region: str, device: Reader, count: Count, around: Surroundings | None, *, size: str, kind: str) -> Item:
    gib = device.number(size)
    if gib is None:
        raise Unpriced(f"a volume says no {size}, so that it is as large as its image or snapshot; set one")
    made = device.text(kind) or DEFAULT_VOLUME
    if made == "gp3" and (
        _extra(device, "iops", around) > FREE_IOPS or _extra(device, "throughput", around) > FREE_MIBPS
    ):
        raise Unpriced(
            f"the price of more than {FREE_IOPS} IOPS or {FREE_MIBPS} MiB/s is not in cost/prices.yaml; use no more"
        )
    return _gib(region, made, count.times(gib))


def _extra(device: Reader, key: str, around: Surroundings | None) -> float:
    """What is asked for. What is not is filled in by AWS: a stack's preview shows it as unknown."""
    reads = [lambda: device.number(key), *([lambda: 0.0] if around else [])]
    return first(*reads) or 0


def _gib(region: str, kind: str, gib: Count) -> Item:
    return Item(f"GiB of {kind}", monthly(region, "services", f"ebs-{kind}-gib-month"), gib)
