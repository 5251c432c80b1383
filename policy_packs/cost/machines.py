"""Prices of EC2 instances, EKS node groups and Auto Scaling groups.

A price includes the volumes of the machines.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from policy_packs.cost.pricing import Count, Item, PricedStack, Unpriced, first, monthly, region_of
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
"""EKS's default for a node group with neither instance types nor a launch template."""
EKS_DEFAULT_GIB = 20
"""EKS's default volume size of a node (EKS API: CreateNodegroup, diskSize; Linux)."""
DEFAULT_VOLUME = "gp2"
"""EC2's default volume type."""
FREE_IOPS, FREE_MIBPS = 3000, 125
"""Performance that the price of gp3 includes (EBS user guide, "General Purpose SSD volumes")."""
SPOT_FACTOR = Decimal("0.4")
"""Highest expected spot price as a fraction of the on-demand price. The requirements assume a discount of 60-70 %."""
BY_REQUIREMENTS = "instance_requirements lets AWS choose the type at any price. List the instance types instead."


def machine_types(resource: Resource) -> tuple[str, ...]:
    """Return the EC2 instance types that a resource may start."""
    if resource.type == NODE_GROUP:
        return resource.texts("instanceTypes") or (() if "launchTemplate" in resource else (EKS_DEFAULT_TYPE,))
    if resource.type == SCALING_GROUP:
        return tuple(each for override in resource.each(OVERRIDES) for each in override.texts("instanceType"))
    return resource.texts("instanceType")


def by_requirements(resource: Resource) -> bool:
    """Return True if AWS chooses the instance types, so their price is unknown."""
    if resource.type == SCALING_GROUP:
        return any("instanceRequirements" in override for override in resource.each(OVERRIDES))
    return "instanceRequirements" in resource


def is_spot(resource: Resource) -> bool:
    """Return True if a resource runs on spot capacity."""
    if resource.type == NODE_GROUP:
        return resource.text("capacityType") == "SPOT"
    return resource.type == SPOT_REQUEST or resource["instanceMarketOptions.marketType"] == "spot"


def instance_items(resource: Resource, stack: PricedStack | None) -> Iterator[Item]:
    """Price one machine and its volumes, except volumes of a launch template."""
    region = region_of(resource)
    yield _machine(region, machine_types(resource), Count.of(1), spot=is_spot(resource))
    yield _volume(
        region, resource.fields("rootBlockDevice"), Count.of(1), stack, size="volumeSize", type_key="volumeType"
    )
    for device in resource.each("ebsBlockDevices"):
        yield _volume(region, device, Count.of(1), stack, size="volumeSize", type_key="volumeType")


def volume_items(resource: Resource, stack: PricedStack | None) -> Iterator[Item]:
    """Price a volume."""
    yield _volume(region_of(resource), resource, Count.of(1), stack, size="size", type_key="type")


def node_group_items(resource: Resource, stack: PricedStack | None) -> Iterator[Item]:
    """Price an EKS node group at its minimum, planned and maximum size."""
    region = region_of(resource)
    nodes = _sizes(resource, "scalingConfig.minSize", "scalingConfig.desiredSize", "scalingConfig.maxSize", stack)
    template = stack.linked(resource, "launchTemplate", LAUNCH_TEMPLATE) if stack else None
    if stack and "launchTemplate" in resource and template is None:
        raise Unpriced(
            "The group's launch template is not in this stack, so its volumes are unknown. Define the template here."
        )
    types = machine_types(resource) or (machine_types(template) if template else ())
    if types or stack:
        yield _machine(region, types, nodes, spot=is_spot(resource))
    if template:
        yield from _volumes(region, template, nodes, stack)
    elif "launchTemplate" not in resource:
        gib = resource.number("diskSize") or EKS_DEFAULT_GIB
        yield _gib(region, DEFAULT_VOLUME, nodes.times(gib))


def scaling_group_items(resource: Resource, stack: PricedStack | None) -> Iterator[Item]:
    """Price an Auto Scaling group at its minimum, planned and maximum size.

    Without a stack, the group's launch template is unknown, and its instance type and volumes are left out.
    """
    nodes = _sizes(resource, "minSize", "desiredCapacity", "maxSize", stack)
    if by_requirements(resource):
        raise Unpriced(BY_REQUIREMENTS)
    key = "mixedInstancesPolicy" if "mixedInstancesPolicy" in resource else "launchTemplate"
    template = stack.linked(resource, key, LAUNCH_TEMPLATE) if stack else None
    if stack and template is None:
        raise Unpriced(
            "The group's launch template is not in this stack, so its price is unknown. Define the template here."
        )
    types = machine_types(resource) or (machine_types(template) if template else ())
    if types or stack:
        yield _machine(region_of(resource), types, nodes, spot=template is not None and is_spot(template))
    if template:
        yield from _volumes(region_of(resource), template, nodes, stack)


def _sizes(resource: Resource, low: str, expected: str, high: str, stack: PricedStack | None) -> Count:
    least, most = resource.number(low), resource.number(high)
    if least is None or most is None:
        raise Unpriced(
            f"The group lacks {_argument(low)} or {_argument(high)}, so the number of machines is unknown. Set both."
        )
    planned = Decimal(str(first(lambda: resource.number(expected), lambda: least)))
    highest = Decimal(str(most))
    if stack:
        planned, highest = (
            max(planned, stack.scheduled(resource)),
            max(highest, stack.scheduled_maximum(resource)),
        )
    return Count(Decimal(str(least)), planned, highest)


def _argument(path: str) -> str:
    """Return the name of a property in Python: `min_size` for `minSize`."""
    return re.sub("[A-Z]", lambda match: f"_{match[0].lower()}", path)


def _machine(region: str, types: tuple[str, ...], count: Count, *, spot: bool) -> Item:
    """Price the most expensive of the types, because AWS may choose any of them."""
    if not types:
        raise Unpriced("The resource has no instance type, so its price is unknown. Set an instance type.")
    price, most_expensive = max((monthly(region, "instances", each), each) for each in types)
    if spot:
        return Item(f"{most_expensive} on spot", price * SPOT_FACTOR, count)
    return Item(most_expensive, price, count)


def _volumes(region: str, template: Resource, nodes: Count, stack: PricedStack | None) -> Iterator[Item]:
    devices = [device.fields("ebs") for device in template.each("blockDeviceMappings")]
    if not devices:
        yield _gib(region, DEFAULT_VOLUME, nodes.times(EKS_DEFAULT_GIB))
    for device in devices:
        yield _volume(region, device, nodes, stack, size="volumeSize", type_key="volumeType")


def _volume(region: str, device: Reader, count: Count, stack: PricedStack | None, *, size: str, type_key: str) -> Item:
    gib = device.number(size)
    if gib is None:
        name = _argument(size)
        raise Unpriced(
            f"A volume has no {name}. Its size comes from the image or snapshot, so its price is unknown. Set {name}."
        )
    volume_type = device.text(type_key) or DEFAULT_VOLUME
    if volume_type == "gp3" and (
        _extra(device, "iops", stack) > FREE_IOPS or _extra(device, "throughput", stack) > FREE_MIBPS
    ):
        raise Unpriced(
            f"The gp3 volume has more than {FREE_IOPS} IOPS or {FREE_MIBPS} MiB/s, for which cost/prices.yaml has no "
            "price. Reduce iops and throughput."
        )
    return _gib(region, volume_type, count.times(gib))


def _extra(device: Reader, key: str, stack: PricedStack | None) -> float:
    """Return the IOPS or throughput that a volume requests, or 0 if it requests none.

    In a preview of the whole stack, a value that AWS will fill in is unknown. It costs nothing extra and counts as 0.
    """
    reads = [lambda: device.number(key), *([lambda: 0.0] if stack else [])]
    return first(*reads) or 0


def _gib(region: str, volume_type: str, gib: Count) -> Item:
    return Item(f"GiB of {volume_type}", monthly(region, "services", f"ebs-{volume_type}-gib-month"), gib)
