"""Kubernetes lists are judged item by item, by the rules on the items' types."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb

from policy_packs import catalogue
from policy_packs.kernel.analyzer import Analyzer
from policy_packs.kernel.cases import Case
from policy_packs.kernel.exemptions import Exemptions
from policy_packs.kernel.kubernetes_lists import with_items
from policy_packs.kernel.resource import Resource
from pulumi_wire.markers import SECRET, SIGNATURE, UNKNOWN_SENTINELS

UNKNOWN = min(UNKNOWN_SENTINELS)
FAILING = [
    case
    for case in catalogue.cases()
    if case.type.startswith("kubernetes:")
    and case.message
    and not case.settings
    and case.rule != "resource-types-must-be-reviewed"
]
PRIVILEGED = {
    "metadata": {"name": "web", "namespace": "web"},
    "spec": {"containers": [{"name": "c", "securityContext": {"privileged": True}}]},
}
POD, POD_LIST, LIST = "kubernetes:core/v1:Pod", "kubernetes:core/v1:PodList", "kubernetes:core/v1:List"
ADMIN = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRoleBinding",
    "metadata": {"name": "all"},
    "roleRef": {"name": "cluster-admin"},
}


def struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    message.update(dict(properties))
    return message


def analyzer(*, dry_run: bool = True, stack: str = "dev") -> Analyzer:
    suite = Analyzer(catalogue.SUITE, catalogue.PACKS, lambda: None, lambda _: Exemptions())
    suite.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack=stack, dry_run=dry_run))
    return suite


def analyze(
    kind: str, properties: Mapping[str, Any], *, dry_run: bool = True, stack: str = "dev"
) -> pb.AnalyzeResponse:
    provider = pb.AnalyzerProviderResource(type="pulumi:providers:kubernetes", urn="urn:p", name="p")
    request = pb.AnalyzeRequest(type=kind, urn="urn:it", name="it", properties=struct(properties), provider=provider)
    return analyzer(dry_run=dry_run, stack=stack).Analyze(request)


def messages(response: pb.AnalyzeResponse) -> list[tuple[str, str]]:
    return [(each.policyName, each.message) for each in response.diagnostics]


def rules(response: pb.AnalyzeResponse) -> set[str]:
    return {each.policyName for each in response.diagnostics}


def of(resource: Resource) -> list[tuple[str, str]]:
    return [(each.type, each.path) for each in with_items([resource])]


def in_list(kind: str, *items: Any) -> Resource:
    return Resource.from_properties(kind, {"items": list(items)}, urn="urn:it", name="it")


@pytest.mark.parametrize("case", FAILING, ids=str)
def test_a_violation_in_a_list_is_found_as_on_its_own(case: Case) -> None:
    properties = _with_unknowns(case.properties)
    own = messages(analyze(case.type, properties, stack=case.stack))
    listed = messages(analyze(f"{case.type}List", {"items": [{}, properties]}, stack=case.stack))
    assert case.rule in {name for name, _ in own}
    assert {(name, f"items.1: {text}") for name, text in own} <= set(listed)


def test_every_item_is_judged_and_named() -> None:
    response = analyze(POD_LIST, {"items": [PRIVILEGED, PRIVILEGED]})
    found = [text for name, text in messages(response) if name == "k8s-pods-must-not-be-privileged"]
    assert [text.partition(" ")[0] for text in found] == ["items.0:", "items.1:"]
    assert {each.urn for each in response.diagnostics} == {"urn:it"}


def test_an_item_of_a_mixed_list_has_the_type_that_it_states() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", **PRIVILEGED}
    binding = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding"
    assert of(in_list(LIST, pod, ADMIN)) == [(POD, "items.0"), (binding, "items.1")]
    assert {"k8s-pods-must-not-be-privileged", "k8s-bindings-must-not-grant-admin"} <= rules(
        analyze(LIST, {"items": [pod, ADMIN]})
    )


def test_an_item_that_states_another_type_is_judged_as_both() -> None:
    types = [each for each, _ in of(in_list("kubernetes:core/v1:ConfigMapList", {"kind": "Pod", "apiVersion": "v1"}))]
    assert types == ["kubernetes:core/v1:ConfigMap", POD]


def test_a_list_that_states_another_kind_is_judged_itself_too() -> None:
    stated = {**ADMIN, "items": [{"metadata": {"name": "a"}}]}
    resource = Resource.from_properties(POD_LIST, stated, urn="urn:it", name="it")
    assert of(resource) == [(POD_LIST, ""), (POD, "items.0")]
    assert "k8s-objects-must-match-their-type" in rules(analyze(POD_LIST, stated))
    assert of(Resource.from_properties(POD_LIST, {"kind": "PodList", "apiVersion": "v1", "items": []})) == []


def test_lists_in_lists_are_judged() -> None:
    inner = {"apiVersion": "v1", "kind": "PodList", "items": [PRIVILEGED]}
    assert of(in_list(LIST, inner)) == [(POD, "items.0.items.0")]


@pytest.mark.parametrize(
    ("kind", "item", "unreviewed"),
    [
        (LIST, {"metadata": {"name": "a"}}, LIST),
        (LIST, {"apiVersion": "example.com/v1", "kind": "Thing"}, "kubernetes:example.com/v1:Thing"),
        ("kubernetes:example.com/v1:ThingList", {}, "kubernetes:example.com/v1:Thing"),
    ],
)
def test_an_item_of_an_unreviewed_type_blocks(kind: str, item: Mapping[str, Any], unreviewed: str) -> None:
    (message,) = [
        text for name, text in messages(analyze(kind, {"items": [item]})) if name == "resource-types-must-be-reviewed"
    ]
    assert f"type {unreviewed}." in message


def test_a_kind_that_ends_with_list_and_has_no_items_is_no_list() -> None:
    allow_list = Resource.from_properties("kubernetes:example.com/v1:AllowList", {"spec": {}})
    assert of(allow_list) == [("kubernetes:example.com/v1:AllowList", "")]
    assert "resource-types-must-be-reviewed" in rules(analyze("kubernetes:example.com/v1:AllowList", {"spec": {}}))
    assert "resource-types-must-be-reviewed" in rules(analyze(POD_LIST, {}))


@pytest.mark.parametrize("items", [UNKNOWN, [PRIVILEGED, UNKNOWN], [PRIVILEGED, {"kind": UNKNOWN}]])
def test_an_unknown_part_defers_the_list_at_preview_and_blocks_at_update(items: Any) -> None:
    preview = analyze(POD_LIST, {"items": items})
    assert "resource-types-must-be-reviewed" in {each.policy_name for each in preview.not_applicable}
    assert ("k8s-pods-must-not-be-privileged" in rules(preview)) is (items != UNKNOWN)
    assert "resource-types-must-be-reviewed" in rules(analyze(POD_LIST, {"items": items}, dry_run=False))


@pytest.mark.parametrize("items", ["text", ["text"], [{"kind": 1}]])
def test_a_malformed_list_blocks(items: Any) -> None:
    assert "resource-types-must-be-reviewed" in rules(analyze(POD_LIST, {"items": items}))


def test_messages_about_items_contain_no_secret() -> None:
    hidden = "correct-horse-battery"
    pod = {**PRIVILEGED, "spec": {"containers": [{"name": hidden, "securityContext": {"privileged": True}}]}}
    for items in ({SIGNATURE: SECRET, "value": [pod]}, [{SIGNATURE: SECRET, "value": pod}]):
        response = analyze(POD_LIST, {"items": items})
        assert "k8s-pods-must-not-be-privileged" in rules(response)
        assert all(hidden not in each.message for each in response.diagnostics)


def test_stack_rules_see_the_items() -> None:
    namespace = {"metadata": {"name": "web", "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}}
    resources = [
        pb.AnalyzerResource(
            type="kubernetes:core/v1:NamespaceList", urn="urn:n", name="n", properties=struct({"items": [namespace]})
        )
    ]
    assert "k8s-namespaces-must-deny-ingress" in _stack_rules(resources)
    policy = {"metadata": {"namespace": "web"}, "spec": {"podSelector": {}, "policyTypes": ["Ingress"]}}
    resources.append(
        pb.AnalyzerResource(
            type="kubernetes:networking.k8s.io/v1:NetworkPolicyList",
            urn="urn:p",
            name="p",
            properties=struct({"items": [policy]}),
        )
    )
    assert "k8s-namespaces-must-deny-ingress" not in _stack_rules(resources)


def _stack_rules(resources: Sequence[pb.AnalyzerResource]) -> set[str]:
    return rules(analyzer().AnalyzeStack(pb.AnalyzeStackRequest(resources=resources)))


def _with_unknowns(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_unknowns(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_unknowns(item) for item in value]
    return UNKNOWN if value == "<unknown>" else value
