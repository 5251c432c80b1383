"""The engine's analyzer protocol over a registry of rules.

Our own servicer instead of the SDK's, for three things the SDK does otherwise: a rule that meets an unknown value is
*deferred* to the update instead of passing with advice, a rule that crashes blocks and is named, and a resource is
decoded once however many rules read it, and not at all when none is on its type.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc, plugin_pb2

from policy_packs.kernel.context import Context
from policy_packs.kernel.notes import Notes
from policy_packs.kernel.registry import Level, Pack, Policy, Registry, Rule, Severity, Stack
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.values import decode
from policy_packs.kernel.verdict import Deferral, Verdict, judge, judge_stack

_TO_WIRE = {Level.MANDATORY: pb.MANDATORY, Level.ADVISORY: pb.ADVISORY, Level.DISABLED: pb.DISABLED}
# Nothing here rewrites resources: "remediate" is answered as the engine would treat an unremedied finding.
_FROM_WIRE = {level: name for name, level in _TO_WIRE.items()} | {pb.REMEDIATE: Level.MANDATORY}
_SEVERITIES = {
    Severity.LOW: pb.POLICY_SEVERITY_LOW,
    Severity.MEDIUM: pb.POLICY_SEVERITY_MEDIUM,
    Severity.HIGH: pb.POLICY_SEVERITY_HIGH,
    Severity.CRITICAL: pb.POLICY_SEVERITY_CRITICAL,
}


class Analyzer(analyzer_pb2_grpc.AnalyzerServicer):
    """Serves a pack and those it answers for.

    Until the engine has said which stack it is for, everything is held to production's rules.
    """

    def __init__(self, pack: Pack, members: Sequence[Pack], stop: Callable[[], None]) -> None:
        self._pack = pack
        packs = (pack, *members)
        self._registry = Registry(policy for each in packs for policy in each.policies)
        self._owners = {policy.name: each for each in packs for policy in each.policies}
        self._stop = stop
        self._notes = Notes(pack.name)
        self._run = Context(stack="", dry_run=False)
        self._given: dict[str, dict[str, Any]] = {}
        self._levels = {policy.name: policy.level for policy in self._registry.policies}
        self._contexts: dict[str, Context] = {}
        self._settle()

    def close(self) -> None:
        """Let go of the engine."""
        self._notes.close()

    def Handshake(  # noqa: N802  # the protocol's name
        self, request: pb.AnalyzerHandshakeRequest, _context: grpc.ServicerContext
    ) -> pb.AnalyzerHandshakeResponse:
        """Learn where the engine listens."""
        self._notes.connect(request.engine_address)
        return pb.AnalyzerHandshakeResponse()

    def ConfigureStack(  # noqa: N802  # the protocol's name
        self, request: pb.AnalyzerStackConfigureRequest, _context: grpc.ServicerContext
    ) -> pb.AnalyzerStackConfigureResponse:
        """Learn which stack is judged, and whether this is a preview."""
        self._run = Context(request.stack, request.dry_run)
        self._settle()
        return pb.AnalyzerStackConfigureResponse()

    def Configure(  # noqa: N802  # the protocol's name
        self, request: pb.ConfigureAnalyzerRequest, _context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Take levels and settings from the pack's configuration."""
        for name, config in request.policyConfig.items():
            self._levels[name] = _FROM_WIRE[config.enforcementLevel]
            self._given[name] = decode(config.properties).values
        self._settle()
        return empty_pb2.Empty()

    def GetPluginInfo(  # noqa: N802  # the protocol's name
        self, _request: empty_pb2.Empty, _context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        """The pack's version."""
        return plugin_pb2.PluginInfo(version=self._pack.version)

    def GetAnalyzerInfo(  # noqa: N802  # the protocol's name
        self, _request: empty_pb2.Empty, _context: grpc.ServicerContext
    ) -> pb.AnalyzerInfo:
        """The pack and its rules, each a policy of its own."""
        return pb.AnalyzerInfo(
            name=self._pack.name,
            version=self._pack.version,
            description=self._pack.description,
            supportsConfig=True,
            policies=[_info(policy) for policy in self._registry.policies],
        )

    def Analyze(  # noqa: N802  # the protocol's name
        self, request: pb.AnalyzeRequest, _context: grpc.ServicerContext
    ) -> pb.AnalyzeResponse:
        """Judge one resource before it is made."""
        rules = [rule for rule in self._registry.rules(request.type) if self._enabled(rule)]
        if not rules:
            return pb.AnalyzeResponse()
        resource = _resource(request)
        return self._answer(verdict for rule in rules for verdict in judge(rule, resource, self._contexts[rule.name]))

    def AnalyzeStack(  # noqa: N802  # the protocol's name
        self, request: pb.AnalyzeStackRequest, _context: grpc.ServicerContext
    ) -> pb.AnalyzeResponse:
        """Judge all resources together, and tell which rules wait for the update."""
        stack = Stack(_resource(resource) for resource in request.resources)
        rules = [rule for rule in self._registry.stack_rules if self._enabled(rule)]
        response = self._answer(
            verdict for rule in rules for verdict in judge_stack(rule, stack, self._contexts[rule.name])
        )
        self._notes.flush()
        return response

    def Remediate(  # noqa: N802  # the protocol's name
        self, _request: pb.AnalyzeRequest, _context: grpc.ServicerContext
    ) -> pb.RemediateResponse:
        """No rule of ours rewrites a resource: the program says what is made."""
        return pb.RemediateResponse()

    def Cancel(  # noqa: N802  # the protocol's name
        self, _request: empty_pb2.Empty, _context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """End when the engine is asked to."""
        self._stop()
        return empty_pb2.Empty()

    def _settle(self) -> None:
        self._contexts = {
            policy.name: self._run.with_settings(policy.settings, self._given.get(policy.name, {}))
            for policy in self._registry.policies
        }

    def _enabled(self, policy: Policy) -> bool:
        return self._levels[policy.name] is not Level.DISABLED

    def _answer(self, verdicts: Iterable[Verdict]) -> pb.AnalyzeResponse:
        response = pb.AnalyzeResponse()
        for verdict in verdicts:
            policy = verdict.policy
            if isinstance(verdict, Deferral):
                # Not applicable *yet*: the engine must not count the rule as passed, and advice it is not.
                response.not_applicable.add(policy_name=policy.name, reason=verdict.message)
                self._notes.defer(verdict)
                continue
            level = Level.MANDATORY if verdict.undecided else self._levels[policy.name]
            response.diagnostics.add(
                policyName=policy.name,
                policyPackName=self._owners[policy.name].name,
                policyPackVersion=self._owners[policy.name].version,
                description=policy.why,
                message=verdict.message,
                enforcementLevel=_TO_WIRE[level],
                urn=verdict.urn,
                severity=_SEVERITIES[policy.severity],
            )
        return response


def _info(policy: Policy) -> pb.PolicyInfo:
    info = pb.PolicyInfo(
        name=policy.name,
        description=policy.why,
        enforcementLevel=_TO_WIRE[policy.level],
        policy_type=pb.POLICY_TYPE_RESOURCE if isinstance(policy, Rule) else pb.POLICY_TYPE_STACK,
        severity=_SEVERITIES[policy.severity],
        tags=policy.covers,
    )
    for name, setting in policy.settings.items():
        info.configSchema.properties.update({name: {**setting.schema, "default": setting.default}})
    return info


def _resource(request: pb.AnalyzeRequest | pb.AnalyzerResource) -> Resource:
    provider = None
    if request.HasField("provider"):
        provider = Resource.of(
            request.provider.type,
            request.provider.properties,
            urn=request.provider.urn,
            name=request.provider.name,
        )
    uses: dict[str, frozenset[str]] = {}
    if isinstance(request, pb.AnalyzerResource):
        uses = {name: frozenset(entry.urns) for name, entry in request.propertyDependencies.items()}
    return Resource.of(
        request.type, request.properties, urn=request.urn, name=request.name, provider=provider, uses=uses
    )
