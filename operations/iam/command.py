"""Report of `ops rehearse iam`."""

from pathlib import Path

from rich.console import Console

from operations.bootstrap.run import PLATFORM, context_from
from operations.console import default_console
from operations.errors import OperationsError
from operations.iam.escapes import attacks, outcome
from operations.iam.proof import Proof, prove
from operations.iam.requests import read_calls
from operations.iam.roles.proof import RoleProof, prove_roles
from operations.iam.roles.recorded import recorded_policies
from operations.recording import record
from rehearsal.daemon import AWS_CALLS
from rehearsal.home import Home

MOST_SHOWN = 20


class NoCallsError(OperationsError):
    """The rehearsal has recorded no AWS calls."""


def report(environment: str, *, unused: bool, project: Path = PLATFORM, console: Console | None = None) -> bool:
    """Show whether permissions suffice and attacks are denied.

    Return True if both hold and no role of the program has an inline permission that the role does not need. `unused`
    also lists the granted actions of the pipeline and of AWS-managed policies that were not used.

    Raises:
        NoCallsError: the environment was not rehearsed.
        SettingsError: the environment's settings are wrong.
        RecordingError: the program failed while its resources were recorded.
        MissingEntryError: a role of the program has no reviewed requests.
    """
    context = context_from(project, environment)
    log = Home(project, environment).logs / AWS_CALLS
    if not log.exists():
        raise NoCallsError(f"no AWS calls of {environment} are recorded; run `ops rehearse up {environment}` first")
    console = console or default_console()
    proof = prove(read_calls(log), context)
    outcomes = [outcome(attack, context) for attack in attacks(context)]
    unwanted = [each for each in outcomes if each.is_unwanted]
    _show(console, proof, unused=unused)
    denied = sum(not each.decision.is_allowed for each in outcomes)
    excused = sum(each.decision.is_allowed and bool(each.attack.allowed) for each in outcomes)
    console.print(
        f"Attacks: {len(outcomes)}. Denied: {denied}. Allowed for a stated reason: {excused}. "
        f"Unexpected outcomes: {len(unwanted)}."
    )
    for each in unwanted:
        console.print(f"  {each.attack}: {each.decision}")
    roles = prove_roles(recorded_policies(record(environment, project=project)), context)
    _show_roles(console, roles, unused=unused)
    return not (proof.unexpected or unwanted or roles.wrong or roles.unused)


def _show(console: Console, proof: Proof, *, unused: bool) -> None:
    console.print(f"Calls: {proof.calls} ({proof.requests} distinct requests, {len(proof.actions)} actions)")
    console.print(
        f"Denied on purpose: {len({denial.request.action for denial in proof.denials if denial.reason})} actions"
    )
    for action, reason in sorted({(each.request.action, each.reason) for each in proof.denials if each.reason}):
        console.print(f"  {action}: {reason}")
    console.print(f"Denied unexpectedly: {len(proof.unexpected)} requests")
    for denial in proof.unexpected[:MOST_SHOWN]:
        console.print(f"  {denial}")
    console.print(
        f"Granted and not used: {len(proof.unused)} actions" + ("" if unused else " (list them with --unused)")
    )
    for action in proof.unused if unused else ():
        console.print(f"  {action}")


def _show_roles(console: Console, proof: RoleProof, *, unused: bool) -> None:
    console.print(
        f"Roles of pods, AWS services and people: {proof.roles}. Evaluated: {proof.needed} needed requests, "
        f"{proof.attacks} attacks, {len(proof.assumptions)} requests to assume a role"
    )
    console.print(f"Attacks allowed for a stated reason: {len(proof.excused)}")
    console.print(f"Wrong answers: {len(proof.wrong)}")
    for answer in proof.wrong[:MOST_SHOWN]:
        console.print(f"  {answer}")
    console.print(
        f"Granted to these roles but not needed: {len(proof.unused)} actions in policies of the program, "
        f"{len(proof.unused_managed)} in AWS-managed policies"
    )
    for action in (*proof.unused, *(proof.unused_managed if unused else ())):
        console.print(f"  {action}")
