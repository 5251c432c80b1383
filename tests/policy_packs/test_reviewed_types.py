"""Allow-list of resource types: each has rules or a reason."""

from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from pulumi.runtime.proto import analyzer_pb2 as pb

from policy_packs import catalogue
from policy_packs.kernel.analyzer import Analyzer
from policy_packs.kernel.context import Context, Environment
from policy_packs.kernel.exemptions import Exemption, Exemptions
from policy_packs.kernel.registry import ANY_TYPE, Level, Registry, ResourceRule
from policy_packs.kernel.resource import Resource
from policy_packs.security import resource_types
from policy_packs.security.pack import PACK
from policy_packs.security.resource_types import PARTIAL_RULES, REASONS, REVIEWED_TYPES, reviewed, types_with_rules

UNREVIEWED = (
    "pulumi-python:dynamic:Resource",
    "pulumi-nodejs:dynamic:Resource",
    "command:local:Command",
    "command:remote:Command",
    "aws-native:s3:Bucket",
    "aws:lightsail/instance:Instance",
    "gcp:storage/bucket:Bucket",
    "kubernetes:core/v1:PodList",
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBindingList",
    "kubernetes:rbac.authorization.k8s.io/v1beta1:ClusterRoleBinding",
    "kubernetes:v1:Secret",
    "kubernetes:admissionregistration.k8s.io/v1:MutatingAdmissionPolicy",
    "vault:generic/endpoint:Endpoint",
    "vault:azure/backendRole:BackendRole",
    "vault:consul/secretBackendRole:SecretBackendRole",
    "vault:kubernetes/secretBackendRole:SecretBackendRole",
    "vault:ldap/secretBackendDynamicRole:SecretBackendDynamicRole",
    "vault:rabbitMq/secretBackend:SecretBackend",
    "vault:ssh/secretBackendRole:SecretBackendRole",
    "*",
)


def analyze(kind: str, stack: str = "dev", *, provider: bool = True) -> set[str]:
    analyzer = Analyzer(PACK, (), lambda: None, lambda _: Exemptions())
    analyzer.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack=stack, dry_run=True))
    request = pb.AnalyzeRequest(type=kind, urn="urn:it", name="it")
    if provider:
        request.provider.type = "pulumi:providers:any"
    found = [each for each in analyzer.Analyze(request).diagnostics if each.policyName == reviewed.name]
    assert all(each.enforcementLevel == pb.MANDATORY for each in found)
    return {each.policyName for each in found}


@pytest.mark.parametrize("stack", [*Environment, "pr-12"])
@pytest.mark.parametrize("kind", UNREVIEWED)
def test_a_type_without_rules_blocks_everywhere(kind: str, stack: str) -> None:
    assert analyze(kind, stack) == {reviewed.name}


def test_types_with_rules_and_reviewed_types_pass() -> None:
    for kind in types_with_rules() | REASONS.keys():
        assert analyze(kind) == set(), kind


@pytest.mark.parametrize("kind", ["campus:keys:EncryptionKey", "pulumi:pulumi:Stack", "kubernetes:yaml:ConfigFile"])
def test_a_component_passes_and_a_resource_of_its_type_blocks(kind: str) -> None:
    assert analyze(kind, provider=False) == set()
    assert analyze(kind) == {reviewed.name}


def test_rules_that_are_not_enough_exist() -> None:
    assert {each.name for each in PACK.policies} >= PARTIAL_RULES


def test_the_list_has_no_type_that_has_rules() -> None:
    assert REASONS.keys() & types_with_rules() == set()


def test_a_rule_on_every_type_makes_no_type_known() -> None:
    registry = Registry(PACK.policies)
    assert ANY_TYPE not in types_with_rules() | registry.resource_types
    on_every_type = tuple(each for each in PACK.policies if isinstance(each, ResourceRule) and ANY_TYPE in each.on)
    assert reviewed in on_every_type
    assert registry.rules_for("gcp:storage/bucket:Bucket") == on_every_type
    assert registry.rules_for("aws:kms/key:Key")[-len(on_every_type) :] == on_every_type


def test_the_rule_is_mandatory_in_every_environment() -> None:
    assert {reviewed.levels.of(each) for each in Environment} == {Level.MANDATORY}


@pytest.mark.parametrize("kind", ["gcp:*", "*", "gcp:storage/*:Bucket", "gcp:storage", "gcp:storage/bucket:Buck et"])
def test_the_setting_accepts_no_patterns(kind: str) -> None:
    schema = Draft7Validator(REVIEWED_TYPES["reviewedTypes"].schema)
    assert schema.is_valid({"gcp:storage/bucket:Bucket": "Public files"})
    assert not schema.is_valid({kind: "Public files"})
    assert not schema.is_valid({"gcp:storage/bucket:Bucket": ""})


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("types: {'gcp:*': x}", "gcp:*"),
        ("types: {gcp:storage/bucket:Bucket: ''}", "gcp:storage/bucket:Bucket"),
        ("types: [gcp:storage/bucket:Bucket]", "types"),
        ("{}", "types"),
        ("types: {a:b:C: x, a:b:C: y}", "duplicate key a:b:C"),
    ],
)
def test_a_mistake_in_the_list_is_reported(tmp_path: Path, text: str, mistake: str) -> None:
    file = tmp_path / "reviewed_types.yaml"
    file.write_text(text)
    reasons, mistakes = resource_types._read(file)
    assert reasons == {}
    assert any(mistake in line and file.name in line for line in mistakes)


def test_the_pack_reports_the_lists_mistakes() -> None:
    assert resource_types.MISTAKES == ()
    assert PACK.mistakes == ()


def test_an_exemption_from_a_rule_on_every_type_applies_to_its_resource() -> None:
    exemption = Exemption.model_validate(
        {
            "rule": reviewed.name,
            "resource": "gcp:storage/bucket:Bucket/files",
            "environments": ["dev"],
            "reason": "moves to S3 this quarter",
            "owner": "web",
            "approver": "security",
            "granted": "2026-01-15",
            "expires": "2026-03-15",
        },
        strict=False,
    )
    urn = "urn:pulumi:dev::shop::gcp:storage/bucket:Bucket::files"
    resource = Resource.from_properties("gcp:storage/bucket:Bucket", {}, urn=urn)
    assert exemption.applies_to(reviewed, resource)
    assert list(Exemptions([exemption]).for_run(Context("dev", dry_run=True)).unmatched([reviewed], [resource])) == []


def test_every_pack_of_the_suite_is_served_with_the_list() -> None:
    assert reviewed in catalogue.policies().values()
