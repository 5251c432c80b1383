"""Between the engine's messages and what the kernel works with."""

from pulumi.runtime.proto import analyzer_pb2 as pb

from policy_packs.kernel.registry import Level, Pack, Policy, ResourceRule, Severity
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.verdict import Violation

LEVELS = {Level.MANDATORY: pb.MANDATORY, Level.ADVISORY: pb.ADVISORY, Level.DISABLED: pb.DISABLED}
# Nothing here rewrites resources: "remediate" is answered as the engine would treat an unremedied finding.
FROM_WIRE = {level: name for name, level in LEVELS.items()} | {pb.REMEDIATE: Level.MANDATORY}
_SEVERITIES = {
    Severity.LOW: pb.POLICY_SEVERITY_LOW,
    Severity.MEDIUM: pb.POLICY_SEVERITY_MEDIUM,
    Severity.HIGH: pb.POLICY_SEVERITY_HIGH,
    Severity.CRITICAL: pb.POLICY_SEVERITY_CRITICAL,
}


def info(policy: Policy, level: Level) -> pb.PolicyInfo:
    """What the engine is told about a rule: its level is the one of the environment that is judged."""
    told = pb.PolicyInfo(
        name=policy.name,
        description=policy.rationale,
        enforcementLevel=LEVELS[level],
        policy_type=pb.POLICY_TYPE_RESOURCE if isinstance(policy, ResourceRule) else pb.POLICY_TYPE_STACK,
        severity=_SEVERITIES[policy.severity],
        tags=policy.covers,
    )
    for name, setting in policy.settings.items():
        told.configSchema.properties.update({name: {**setting.schema, "default": setting.default}})
    return told


def diagnostic(violation: Violation, pack: Pack, level: Level) -> pb.AnalyzeDiagnostic:
    """A finding as the engine takes it."""
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


def resource(request: pb.AnalyzeRequest | pb.AnalyzerResource) -> Resource:
    """The resource that the engine asks about."""
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
    )
