"""Conversion between the engine's messages and the kernel's classes."""

from collections.abc import Mapping
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb

from policy_packs.kernel.registry import Level, Pack, Policy, ResourceRule, Severity
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.values import decode
from policy_packs.kernel.verdict import Violation
from pulumi_wire.structs import from_struct

LEVELS = {Level.MANDATORY: pb.MANDATORY, Level.ADVISORY: pb.ADVISORY, Level.DISABLED: pb.DISABLED}
# At level "remediate", the engine blocks on findings that the rule does not fix itself. Our rules fix nothing.
FROM_WIRE = {level: name for name, level in LEVELS.items()} | {pb.REMEDIATE: Level.MANDATORY}
_SEVERITIES = {
    Severity.LOW: pb.POLICY_SEVERITY_LOW,
    Severity.MEDIUM: pb.POLICY_SEVERITY_MEDIUM,
    Severity.HIGH: pb.POLICY_SEVERITY_HIGH,
    Severity.CRITICAL: pb.POLICY_SEVERITY_CRITICAL,
}


def info(policy: Policy, level: Level) -> pb.PolicyInfo:
    """Return the description of a rule, with its level in the environment."""
    message = pb.PolicyInfo(
        name=policy.name,
        description=policy.rationale,
        enforcementLevel=LEVELS[level],
        policy_type=pb.POLICY_TYPE_RESOURCE if isinstance(policy, ResourceRule) else pb.POLICY_TYPE_STACK,
        severity=_SEVERITIES[policy.severity],
        tags=policy.covers,
    )
    for name, setting in policy.settings.items():
        message.configSchema.properties.update({name: {**setting.schema, "default": setting.default}})
    return message


def diagnostic(violation: Violation, pack: Pack, level: Level) -> pb.AnalyzeDiagnostic:
    """Convert a finding to a message of the analyzer protocol."""
    policy = violation.policy
    return pb.AnalyzeDiagnostic(
        policyName=policy.name,
        policyPackName=pack.name,
        policyPackVersion=pack.version,
        description=policy.rationale,
        message=violation.message,
        enforcementLevel=LEVELS[level],
        urn=violation.urn,
        severity=_SEVERITIES[policy.severity],
    )


def resource(request: pb.AnalyzeRequest | pb.AnalyzerResource, inputs: struct_pb2.Struct | None = None) -> Resource:
    """Return the resource of a request.

    `inputs` are the properties that the program sets. They stand in for properties that the request lacks: in a
    preview, a provider whose configuration is unknown returns no properties, such as the Kubernetes provider while
    its cluster does not exist.
    """
    provider = None
    if request.HasField("provider"):
        provider = Resource.from_properties(
            request.provider.type,
            request.provider.properties,
            urn=request.provider.urn,
            name=request.provider.name,
        )
    dependencies: dict[str, frozenset[str]] = {}
    if isinstance(request, pb.AnalyzerResource):
        dependencies = {name: frozenset(entry.urns) for name, entry in request.propertyDependencies.items()}
    return Resource(
        request.type,
        request.urn,
        request.name,
        lambda: decode(_with_inputs(request.properties, inputs)),
        provider=provider,
        property_dependencies=dependencies,
        inputs=frozenset(inputs.fields) if inputs else frozenset(),
    )


def _with_inputs(
    properties: struct_pb2.Struct, inputs: struct_pb2.Struct | None
) -> struct_pb2.Struct | Mapping[str, Any]:
    """Return properties, and the inputs that they lack."""
    if not inputs or all(name in properties.fields for name in inputs.fields):
        return properties
    return {**from_struct(inputs), **from_struct(properties)}
