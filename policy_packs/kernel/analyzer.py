"""Analyzer protocol of the Pulumi engine, implemented for a registry of rules.

The implementation replaces the servicer of Pulumi's policy SDK and differs from it in five ways:

- A rule that reads an unknown value is deferred to the update. In the SDK, it passes with a warning.
- A rule that crashes blocks the resource, and the message names the rule.
- A resource is decoded once for all rules, when a rule first reads a property.
- The items of a Kubernetes list are judged one by one.
- A rule on the whole stack sees the program's value of a property that the provider does not return.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import plugin_pb2

from policy_packs.kernel import wire
from policy_packs.kernel.configuration import Configuration
from policy_packs.kernel.context import Context
from policy_packs.kernel.errors import InvalidInputError
from policy_packs.kernel.exemptions import Exemptions
from policy_packs.kernel.kubernetes_lists import with_items
from policy_packs.kernel.notes import Notes
from policy_packs.kernel.receipt import Receipts
from policy_packs.kernel.registry import Level, Pack, Policy, Registry, Stack
from policy_packs.kernel.report import Report
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.stack_config import StackConfig
from policy_packs.kernel.values import decode
from policy_packs.kernel.verdict import Deferral, Verdict, Violation, judge, judge_stack


class Analyzer:
    """Policy analyzer that serves one pack, or a suite with several packs.

    Until the engine names the stack, everything is judged as prod, without exemptions or stack configuration.

    Args:
        pack: The pack or suite that the engine sees.
        members: Packs whose rules are served too.
        stop: Ends the process; called on the engine's Cancel.
        load_exemptions: Returns the exemptions. Raises ExemptionError if their list has mistakes.
        reports: Directory in which the run's report is written. None for no report.
    """

    def __init__(
        self,
        pack: Pack,
        members: Sequence[Pack],
        stop: Callable[[], None],
        load_exemptions: Callable[[Registry], Exemptions],
        reports: Path | None = None,
        *,
        receipts: Receipts | None = None,
    ) -> None:
        self._pack = pack
        packs = (pack, *members)
        self._registry = Registry(policy for each in packs for policy in each.policies)
        self._mistakes = tuple(mistake for each in packs for mistake in each.mistakes)
        self._pack_of = {policy.name: each for each in packs for policy in each.policies}
        self._stop = stop
        self._load_exemptions = load_exemptions
        self._exemptions = Exemptions()
        self._inputs: dict[str, struct_pb2.Struct] = {}
        """Properties that the program sets, by URN. The engine sends them only to `Analyze`."""
        self._notes = Notes(pack.name)
        self._report = Report(pack, self._pack_of, reports)
        self._receipts = receipts
        self._configuration = Configuration(self._registry.policies, Context(stack="", dry_run=False))

    def close(self) -> None:
        """Close the connection to the engine."""
        self._notes.close()

    def Handshake(self, request: pb.AnalyzerHandshakeRequest) -> pb.AnalyzerHandshakeResponse:  # noqa: N802  # the protocol's name
        """Connect to the engine's own service."""
        self._notes.connect(request.engine_address)
        return pb.AnalyzerHandshakeResponse()

    def ConfigureStack(self, request: pb.AnalyzerStackConfigureRequest) -> pb.AnalyzerStackConfigureResponse:  # noqa: N802  # the protocol's name
        """Receive the stack, its configuration and whether this is a preview.

        Raises InvalidInputError if the exemptions or the packs' data files have mistakes. The run then stops.
        """
        if self._mistakes:
            raise InvalidInputError("the packs' data", self._mistakes)
        run = Context(
            request.stack,
            request.dry_run,
            project=request.project,
            stack_config=StackConfig(dict(request.config), frozenset(request.config_secret_keys)),
        )
        self._exemptions = self._load_exemptions(self._registry).for_run(run)
        self._configuration = Configuration(self._registry.policies, run)
        return pb.AnalyzerStackConfigureResponse()

    def Configure(self, request: pb.ConfigureAnalyzerRequest) -> empty_pb2.Empty:  # noqa: N802  # the protocol's name
        """Apply levels and settings of the policy configuration.

        Raises ConfigurationError for unknown rules and settings, and for levels below a rule's floor.
        """
        configs = request.policyConfig.items()
        self._configuration.change(
            {name: wire.FROM_WIRE[config.enforcementLevel] for name, config in configs},
            {name: decode(config.properties).values for name, config in configs},
        )
        return empty_pb2.Empty()

    def GetPluginInfo(self, _request: empty_pb2.Empty) -> plugin_pb2.PluginInfo:  # noqa: N802  # the protocol's name
        """Return the pack's version."""
        return plugin_pb2.PluginInfo(version=self._pack.version)

    def GetAnalyzerInfo(self, _request: empty_pb2.Empty) -> pb.AnalyzerInfo:  # noqa: N802  # the protocol's name
        """Describe the pack, with each rule as one policy."""
        levels = self._configuration.levels
        return pb.AnalyzerInfo(
            name=self._pack.name,
            version=self._pack.version,
            description=self._pack.description,
            supportsConfig=True,
            policies=[wire.info(policy, levels[policy.name]) for policy in self._registry.policies],
        )

    def Analyze(self, request: pb.AnalyzeRequest) -> pb.AnalyzeResponse:  # noqa: N802  # the protocol's name
        """Judge one resource before it is created or updated."""
        self._inputs[request.urn] = request.properties
        resource = wire.resource(request, request.properties)
        return self._respond(verdict for part in with_items([resource]) for verdict in self._judge_resource(part))

    def _judge_resource(self, resource: Resource) -> Iterator[Verdict]:
        for rule in self._registry.rules_for(resource.type):
            if self._configuration.enabled(rule):
                yield from judge(rule, resource, self._configuration.contexts[rule.name])

    def AnalyzeStack(self, request: pb.AnalyzeStackRequest) -> pb.AnalyzeResponse:  # noqa: N802  # the protocol's name
        """Run the stack rules, log deferrals and exemptions, and write report and receipt."""
        resources = (wire.resource(each, self._inputs.get(each.urn)) for each in request.resources)
        stack = Stack(with_items(resources))
        rules = [rule for rule in self._registry.stack_rules if self._configuration.enabled(rule)]
        contexts = self._configuration.contexts
        response = self._respond(verdict for rule in rules for verdict in judge_stack(rule, stack, contexts[rule.name]))
        unmatched = dict(self._exemptions.unmatched(self._registry.policies, stack.resources))
        for exemption, policy in unmatched.items():
            finding = f"The exemption for {exemption.resource} matches no resource of this run. Correct or remove it."
            self._add_violation(response, Violation(policy, stack.urn, finding, undecided=True))
        self._notes.flush(each for each in self._exemptions if each not in unmatched)
        self._report.write(
            self._configuration.run.stack, self._configuration.levels, self._registry.policies, len(request.resources)
        )
        if self._receipts is not None:
            self._receipts.write(
                self._configuration,
                self._registry.policies,
                self._exemptions,
                judged=sum(each.urn in self._inputs for each in request.resources),
                resources=len(request.resources),
            )
        return response

    def Remediate(self, _request: pb.AnalyzeRequest) -> pb.RemediateResponse:  # noqa: N802  # the protocol's name
        """Return no changes, because our rules don't rewrite resources."""
        return pb.RemediateResponse()

    def Cancel(self, _request: empty_pb2.Empty) -> empty_pb2.Empty:  # noqa: N802  # the protocol's name
        """End the process."""
        self._stop()
        return empty_pb2.Empty()

    def _respond(self, verdicts: Iterable[Verdict]) -> pb.AnalyzeResponse:
        response = pb.AnalyzeResponse()
        for verdict in verdicts:
            if isinstance(verdict, Deferral):
                # "Not applicable" is the only answer that the engine counts neither as a pass nor as a finding.
                _add_not_applicable(response, verdict.policy, verdict.message)
                self._notes.defer(verdict)
                self._report.deferral(verdict)
            elif not self._exempt(response, verdict):
                self._add_violation(response, verdict)
        return response

    def _exempt(self, response: pb.AnalyzeResponse, violation: Violation) -> bool:
        """Record a violation as exempted and return True, if there is an exemption.

        An undecided violation is never exempted, because its finding is unknown.
        """
        exemption = None if violation.undecided else self._exemptions.find(violation.policy, violation.urn)
        if exemption is None:
            return False
        reason = f"exempted until {exemption.expires}: {exemption.reason}"
        _add_not_applicable(response, violation.policy, reason)
        self._notes.exempt(violation, exemption)
        self._report.exempted(violation, exemption)
        return True

    def _add_violation(self, response: pb.AnalyzeResponse, violation: Violation) -> None:
        name = violation.policy.name
        level = Level.MANDATORY if violation.undecided else self._configuration.levels[name]
        response.diagnostics.append(wire.diagnostic(violation, self._pack_of[name], level))
        self._report.violation(violation, level)


def _add_not_applicable(response: pb.AnalyzeResponse, policy: Policy, reason: str) -> None:
    response.not_applicable.add(policy_name=policy.name, reason=reason)
