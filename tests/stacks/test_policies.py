"""Policy packs on the recorded resources of every environment: no finding blocks."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from operations.releases import store
from operations.releases.versions import Version
from policy_packs import catalogue
from policy_packs.kernel.configuration import Configuration
from policy_packs.kernel.context import Context, Environment
from policy_packs.kernel.registry import Level, Registry
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.stack_config import StackConfig
from policy_packs.kernel.verdict import Verdict, judge
from policy_packs.security.aws.s3 import BUCKETS
from policy_packs.security.resource_types import REASONS, types_with_rules
from stacks import requirements
from stacks.loading import NAMESPACE, merged
from tests.stacks.graph import PROJECT, Graph, Node

MOCKED_BUCKET_ARN = re.compile(r"arn:Bucket:([\w-]+)")
MOCKED_ARN = re.compile(r"arn:([A-Z]\w*):([\w-]+)")
REGISTRY = Registry(catalogue.policies().values())
NEW_RULES = frozenset(
    {
        "argocd-applications-must-be-in-a-limited-project",
        "aws-accounts-must-be-known",
        "argocd-projects-must-name-their-limits",
        "eks-administrators-must-be-known",
        "elasticache-users-must-authenticate",
        "guardduty-features-must-be-enabled",
        "iam-must-attach-reviewed-policies",
        "k8s-releases-must-pin-charts",
        "k8s-roles-must-list-their-permissions",
        "policy-must-not-trust-foreign-accounts",
        "resource-types-must-be-reviewed",
        "sg-must-not-open-to-unknown-prefix-lists",
    }
)
"""Rules that must judge at least one resource in every environment. Otherwise the test below could not fail."""


def _resource(node: Node, providers: Mapping[str, Resource], account: str, buckets: Mapping[str, str]) -> Resource:
    provider = providers.get(node.provider.rpartition("::")[0])
    assert node.custom is (provider is not None) or ":providers:" in node.type, node.urn
    properties = _with_whole_arns(node.inputs, account, buckets)
    return Resource.from_properties(node.type, properties, urn=node.urn, name=node.name, provider=provider)


def _verdicts(graph: Graph, environment: Environment) -> Iterator[tuple[str, Verdict | None]]:
    config = StackConfig.from_values(merged(PROJECT, environment))
    run = Context(environment, dry_run=True, project=NAMESPACE, stack_config=config)
    configuration = Configuration(REGISTRY.policies, run)
    providers = {
        node.urn: Resource.from_properties(node.type, node.inputs, urn=node.urn)
        for node in graph.nodes
        if ":providers:" in node.type
    }
    buckets = {node.name: node.inputs["bucket"] for node in graph.nodes if node.type == BUCKETS[0]}
    for node in graph.nodes:
        resource = _resource(node, providers, graph.exports["account"], buckets)
        for rule in REGISTRY.rules_for(node.type):
            if configuration.levels[rule.name] is Level.MANDATORY:
                yield rule.name, None
                yield from (
                    (rule.name, verdict) for verdict in judge(rule, resource, configuration.contexts[rule.name])
                )


def _with_whole_arns(value: Any, account: str, buckets: Mapping[str, str]) -> Any:
    """Complete the short ARNs of Pulumi's mocks, which rules would read as wildcards.

    `buckets` has the names of buckets by the names of their resources.
    """
    if isinstance(value, str):
        value = MOCKED_BUCKET_ARN.sub(lambda arn: f"arn:aws:s3:::{buckets[arn[1]]}", value)
        return MOCKED_ARN.sub(rf"arn:aws:mock:us-east-1:{account}:\1/\2", value)
    if isinstance(value, dict):
        return {key: _with_whole_arns(item, account, buckets) for key, item in value.items()}
    return [_with_whole_arns(item, account, buckets) for item in value] if isinstance(value, list | tuple) else value


def test_no_recorded_resource_is_blocked(any_environment: Graph) -> None:
    environment = Environment(any_environment.exports["environment"])
    judged = list(_verdicts(any_environment, environment))
    assert [f"{rule}: {verdict.urn}: {verdict.message}" for rule, verdict in judged if verdict] == []
    assert {rule for rule, _ in judged} >= NEW_RULES


@pytest.mark.parametrize("file", sorted(store.DIRECTORY.glob("*/*.json.gz")), ids=lambda file: file.parent.name)
def test_every_type_of_a_release_is_reviewed(file: Path) -> None:
    version = file.parent.name
    graph = store.load(Version.parse(version), requirements.Environment(file.name.partition(".")[0]))
    types = {node.type for node in graph.nodes if node.custom and ":providers:" not in node.type}
    assert len(types) > 90
    assert types - types_with_rules() - REASONS.keys() == set()
