"""The recorded environments pass the security pack without exemptions."""

import re
from typing import Any

from policy_packs.kernel.context import Context
from policy_packs.kernel.registry import Level, Registry
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.verdict import judge
from policy_packs.security.pack import PACK
from tests.stacks.graph import Graph

MOCKED_ARN = re.compile(r"arn:(\w+):([\w-]+)")


def test_no_mandatory_security_rule_has_a_finding(any_environment: Graph) -> None:
    registry = Registry(PACK.policies)
    run = Context(str(any_environment.exports["environment"]), dry_run=True)
    findings = [
        (rule.name, node.name, verdict.message)
        for node in any_environment.nodes
        for rule in registry.rules_for(node.type)
        if rule.levels.at(run) is Level.MANDATORY
        for verdict in judge(
            rule,
            Resource.from_properties(node.type, _with_whole_arns(node.inputs), urn=node.urn, name=node.name),
            run.with_settings(rule.settings, {}),
        )
    ]
    assert findings == []


def _with_whole_arns(value: Any) -> Any:
    """Complete the ARNs of the mocks, because AWS reads a short ARN as a wildcard."""
    if isinstance(value, str):
        return MOCKED_ARN.sub(r"arn:aws:mock:us-east-1:111122223333:\1/\2", value)
    if isinstance(value, dict):
        return {key: _with_whole_arns(item) for key, item in value.items()}
    return [_with_whole_arns(item) for item in value] if isinstance(value, list | tuple) else value
