"""Destinations without an account number: buckets and addresses of notices."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from policy_packs.kernel.context import Context
from policy_packs.kernel.errors import UnknownValue
from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Fields, Items, Resource
from policy_packs.security.accounts import account_of
from policy_packs.security.aws.cloudtrail import TRAIL
from policy_packs.security.aws.cloudwatch_logs import LOG_GROUP
from policy_packs.security.aws.lb import EVERY_LOAD_BALANCER
from policy_packs.security.aws.s3 import BUCKETS, DELIVERY_CHANNEL, LOGGING, REPLICATION, target_buckets
from policy_packs.security.aws.sns import SUBSCRIPTION
from policy_packs.security.aws.wafv2 import WEB_ACL_LOGGING
from policy_packs.security.destinations import DESTINATIONS, FILE, known_addresses, known_buckets
from policy_packs.security.references import is_set_by_program

FLOW_LOG = "aws:ec2/flowLog:FlowLog"
BUDGET = "aws:budgets/budget:Budget"
ANOMALY_SUBSCRIPTION = "aws:costexplorer/anomalySubscription:AnomalySubscription"
TARGETS = {
    TRAIL: ("s3BucketName",),
    DELIVERY_CHANNEL: ("s3BucketName",),
    FLOW_LOG: ("logDestination",),
    LOGGING: ("targetBucket",),
    REPLICATION: ("rules.*.destination.bucket",),
    WEB_ACL_LOGGING: ("logDestinationConfigs.*",),
    **dict.fromkeys(EVERY_LOAD_BALANCER, ("accessLogs.bucket", "connectionLogs.bucket")),
    BUCKETS[0]: ("logging.targetBucket", "replicationConfiguration.rules.*.destination.bucket"),
    BUCKETS[1]: ("loggings.*.targetBucket", "replicationConfigurations.*.rules.*.destinations.*.bucket"),
}
"""Properties with the name or ARN of a bucket that receives data, by type. `*` stands for every element of a list."""
ADDRESSES = {
    SUBSCRIPTION: "endpoint",
    BUDGET: "notifications.*.subscriberEmailAddresses.*",
    ANOMALY_SUBSCRIPTION: "subscribers.*.address",
}
"""Property with the address of a recipient, by type."""
REVIEW = f"if a review shows that the data may go there, add it with the reason to policy_packs/security/{FILE.name}"


@stack_rule("destinations-must-be-of-the-stack", severity=Severity.CRITICAL, settings=DESTINATIONS)
def own_buckets(stack: Stack, context: Context) -> StackFindings:
    """A bucket's name does not show who owns it, and its owner reads all logs and copies that are sent there.

    The name must be that of a bucket of the stack. While it is unknown, the rule waits unless it comes from one.
    """
    known = {*known_buckets(context), *_names(stack)}
    receivers = {each.urn for each in stack.of_type(*BUCKETS, LOG_GROUP)}
    unknown: list[UnknownValue] = []
    for resource in stack.of_type(*TARGETS):
        for path in TARGETS[resource.type]:
            name, *rest = path.split(".")
            if not is_set_by_program(resource, name) and not resource.is_known(name):
                continue  # AWS fills it in
            for value in _at(resource, [name, *rest]):
                if isinstance(value, UnknownValue):
                    if not receivers & target_buckets(stack, [resource], name):
                        unknown.append(value)
                elif not account_of(value) and (bucket := _bucket(value)) not in known:
                    yield (
                        resource,
                        (
                            f"`{path}` is the bucket {bucket}, which is not of this stack. Use one of its buckets, or, "
                            f"{REVIEW}."
                        ),
                    )
    for each in unknown:
        raise each


@rule("notices-must-go-to-known-addresses", on=ADDRESSES, severity=Severity.CRITICAL, settings=DESTINATIONS)
def known_recipients(resource: Resource, context: Context) -> Findings:
    """Notices name incidents, places and people, and the owner of the address reads them."""
    known = known_addresses(context)
    unknown: list[UnknownValue] = []
    for value in _at(resource, ADDRESSES[resource.type].split(".")):
        if isinstance(value, UnknownValue):
            unknown.append(value)
        elif not account_of(value) and not _is_known(value, known):
            yield f"Notices go to {value}, which is not a known address. Correct it, or, {REVIEW}."
    for each in unknown:
        raise each


def _names(stack: Stack) -> Iterator[str]:
    """Yield the known names of the stack's buckets."""
    for bucket in stack.of_type(*BUCKETS):
        if bucket.is_known("bucket") and (name := bucket.text("bucket")):
            yield name


def _bucket(value: str) -> str:
    """Return the name in a bucket's ARN, or the value itself if it is a name."""
    return value.rpartition(":::")[2].partition("/")[0]


def _is_known(address: str, known: frozenset[str]) -> bool:
    """Return True if an address, its domain or a domain above that is known."""
    domain = (urlsplit(address).hostname or "") if "://" in address else address.rpartition("@")[2].lower()
    labels = domain.split(".")
    return address in known or any(".".join(labels[start:]) in known for start in range(len(labels)))


def _at(value: Any, keys: Sequence[str]) -> Iterator[str | UnknownValue]:
    """Yield the texts at a path, and an error for each part that is unknown."""
    if not keys:
        if isinstance(value, str):
            yield value
        return
    key, *rest = keys
    if key == "*":
        parts: Sequence[Any] = range(len(value)) if isinstance(value, Items) else ()
    else:
        parts = (key,) if isinstance(value, Fields | Resource) else ()
    for part in parts:
        try:
            found = value[part]
        except UnknownValue as unknown:
            yield unknown
        else:
            yield from _at(found, rest)
