"""Conversion between the engine's messages and the kernel's classes."""

from pulumi.runtime.proto import analyzer_pb2 as pb

from policy_packs.kernel.registry import Level, Pack, Policy, ResourceRule, Severity
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.verdict import Violation

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


def resource(request: pb.AnalyzeRequest | pb.AnalyzerResource, inputs: frozenset[str] = frozenset()) -> Resource:
    """Return the resource of a request.

    `inputs` are the properties that the program sets.
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
    return Resource.from_properties(
        request.type,
        request.properties,
        urn=request.urn,
        name=request.name,
        provider=provider,
        property_dependencies=dependencies,
        inputs=inputs,
    )
