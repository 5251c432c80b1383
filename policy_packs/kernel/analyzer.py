"""The engine's analyzer protocol over a registry of rules.

Our own servicer instead of the SDK's, for three things the SDK does otherwise: a rule that meets an unknown value is
*deferred* to the update instead of passing with advice, a rule that crashes blocks and is named, and a resource is
decoded once however many rules read it, and not at all when none is on its type.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import plugin_pb2

from policy_packs.kernel import wire
from policy_packs.kernel.configuration import Configuration
from policy_packs.kernel.context import Context
from policy_packs.kernel.exemptions import Exemptions
from policy_packs.kernel.notes import Notes
from policy_packs.kernel.refusal import Mistakes
from policy_packs.kernel.registry import Level, Pack, Policy, Registry, Stack
from policy_packs.kernel.report import Report
from policy_packs.kernel.values import decode
from policy_packs.kernel.verdict import Deferral, Verdict, Violation, judge, judge_stack


class Analyzer:
    """Serves a pack and those it answers for.

    Until the engine has said which stack it is for, everything is held to production's rules, without exemptions.
    `exemptions` raises ExemptionError when asked for a list with mistakes; `reports` is where to leave a report.
    """

    def __init__(
        self,
        pack: Pack,
        members: Sequence[Pack],
        stop: Callable[[], None],
        exemptions: Callable[[Registry], Exemptions],
        reports: Path | None = None,
    ) -> None:
        self._pack = pack
        packs = (pack, *members)
        self._registry = Registry(policy for each in packs for policy in each.policies)
        self._mistakes = tuple(mistake for each in packs for mistake in each.mistakes)
        self._owners = {policy.name: each for each in packs for policy in each.policies}
        self._stop = stop
        self._listed = exemptions
        self._exemptions = Exemptions()
        self._notes = Notes(pack.name)
        self._report = Report(pack, self._owners, reports)
        self._configuration = Configuration(self._registry.policies, Context(stack="", dry_run=False))

    def close(self) -> None:
        """Let go of the engine."""
        self._notes.close()

    def Handshake(self, request: pb.AnalyzerHandshakeRequest) -> pb.AnalyzerHandshakeResponse:  # noqa: N802  # the protocol's name
        """Learn where the engine listens."""
        self._notes.connect(request.engine_address)
        return pb.AnalyzerHandshakeResponse()

    def ConfigureStack(self, request: pb.AnalyzerStackConfigureRequest) -> pb.AnalyzerStackConfigureResponse:  # noqa: N802  # the protocol's name
        """Learn which stack is judged, and whether this is a preview; refuse exemptions or data with a mistake."""
        if self._mistakes:
            raise Mistakes("the packs' data", self._mistakes)
        run = Context(request.stack, request.dry_run)
        self._exemptions = self._listed(self._registry).for_run(run)
        self._configuration = Configuration(self._registry.policies, run)
        return pb.AnalyzerStackConfigureResponse()

    def Configure(self, request: pb.ConfigureAnalyzerRequest) -> empty_pb2.Empty:  # noqa: N802  # the protocol's name
        """Take levels and settings from the pack's configuration; refuse a rule or a setting that doesn't exist."""
        given = request.policyConfig.items()
        self._configuration.change(
            {name: wire.FROM_WIRE[config.enforcementLevel] for name, config in given},
            {name: decode(config.properties).values for name, config in given},
        )
        return empty_pb2.Empty()

    def GetPluginInfo(self, _request: empty_pb2.Empty) -> plugin_pb2.PluginInfo:  # noqa: N802  # the protocol's name
        """The pack's version."""
        return plugin_pb2.PluginInfo(version=self._pack.version)

    def GetAnalyzerInfo(self, _request: empty_pb2.Empty) -> pb.AnalyzerInfo:  # noqa: N802  # the protocol's name
        """The pack and its rules, each a policy of its own."""
        levels = self._configuration.levels
        return pb.AnalyzerInfo(
            name=self._pack.name,
            version=self._pack.version,
            description=self._pack.description,
            supportsConfig=True,
            policies=[wire.info(policy, levels[policy.name]) for policy in self._registry.policies],
        )

    def Analyze(self, request: pb.AnalyzeRequest) -> pb.AnalyzeResponse:  # noqa: N802  # the protocol's name
        """Judge one resource before it is made."""
        rules = [rule for rule in self._registry.rules_for(request.type) if self._configuration.enabled(rule)]
        if not rules:
            return pb.AnalyzeResponse()
        resource = wire.resource(request)
        contexts = self._configuration.contexts
        return self._answer(verdict for rule in rules for verdict in judge(rule, resource, contexts[rule.name]))

    def AnalyzeStack(self, request: pb.AnalyzeStackRequest) -> pb.AnalyzeResponse:  # noqa: N802  # the protocol's name
        """Judge all resources together, and tell what waits for the update and what is exempted."""
        stack = Stack(wire.resource(resource) for resource in request.resources)
        rules = [rule for rule in self._registry.stack_rules if self._configuration.enabled(rule)]
        contexts = self._configuration.contexts
        response = self._answer(verdict for rule in rules for verdict in judge_stack(rule, stack, contexts[rule.name]))
        unmatched = dict(self._exemptions.unmatched(self._registry.policies, stack.resources))
        for exemption, policy in unmatched.items():
            mistake = f"the exemption of {exemption.resource} matches no resource of this run; remove it"
            self._blame(response, Violation(policy, stack.urn, mistake, undecided=True))
        self._notes.flush(each for each in self._exemptions if each not in unmatched)
        self._report.write(
            self._configuration.run.stack, self._configuration.levels, self._registry.policies, len(request.resources)
        )
        return response

    def Remediate(self, _request: pb.AnalyzeRequest) -> pb.RemediateResponse:  # noqa: N802  # the protocol's name
        """No rule of ours rewrites a resource: the program says what is made."""
        return pb.RemediateResponse()

    def Cancel(self, _request: empty_pb2.Empty) -> empty_pb2.Empty:  # noqa: N802  # the protocol's name
        """End when the engine is asked to."""
        self._stop()
        return empty_pb2.Empty()

    def _answer(self, verdicts: Iterable[Verdict]) -> pb.AnalyzeResponse:
        response = pb.AnalyzeResponse()
        for verdict in verdicts:
            if isinstance(verdict, Deferral):
                # Not applicable *yet*: the engine must not count the rule as passed, and advice it is not.
                _not_counted(response, verdict.policy, verdict.message)
                self._notes.defer(verdict)
                self._report.deferral(verdict)
            elif not self._excuse(response, verdict):
                self._blame(response, verdict)
        return response

    def _excuse(self, response: pb.AnalyzeResponse, violation: Violation) -> bool:
        """Whether a finding is exempted. One that the rule could not come to is not: nobody knows what it would be."""
        exemption = None if violation.undecided else self._exemptions.excuse(violation.policy, violation.urn)
        if exemption is None:
            return False
        _not_counted(response, violation.policy, f"exempted until {exemption.expires}: {exemption.reason}")
        self._notes.exempt(violation, exemption)
        self._report.exempted(violation, exemption)
        return True

    def _blame(self, response: pb.AnalyzeResponse, violation: Violation) -> None:
        name = violation.policy.name
        level = Level.MANDATORY if violation.undecided else self._configuration.levels[name]
        response.diagnostics.append(wire.diagnostic(violation, self._owners[name], level))
        self._report.violation(violation, level)


def _not_counted(response: pb.AnalyzeResponse, policy: Policy, reason: str) -> None:
    response.not_applicable.add(policy_name=policy.name, reason=reason)
