"""Receipts: a run without complete, current evidence of the packs is an error."""

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb

from operations.policies import receipts
from operations.policies.errors import UnprovenRunError
from operations.policies.event_log import Event
from operations.policies.receipts import EXPECTED, begin, verify, verify_phase
from policy_packs import catalogue
from policy_packs.kernel.analyzer import Analyzer
from policy_packs.kernel.context import Environment
from policy_packs.kernel.exemptions import Exemption, Exemptions
from policy_packs.kernel.fingerprint import files_below, fingerprint
from policy_packs.kernel.receipt import DIRECTORY, PREVIEW, RUN, UPDATE, Receipts
from policy_packs.kernel.registry import Pack

SUITE = catalogue.SUITE.name
PROJECT = "campus-safety"
PHASES = (PREVIEW, UPDATE)
URN = "urn:pulumi:dev::campus-safety::pulumi:pulumi:Stack::campus-safety-dev"


@pytest.fixture(scope="module", autouse=True)
def sources() -> Any:
    """Compute the fingerprints once, because that reads hundreds of files."""
    computed = catalogue.sources()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "sources", lambda: dict(computed))
        yield computed


def judge(environment: dict[str, str], *, dry_run: bool, packs: tuple[Pack, ...] = catalogue.PACKS) -> Analyzer:
    """Run the real analyzer as the engine does, with one resource."""
    own = Receipts(catalogue.SUITE, packs, Path(environment[DIRECTORY]), environment[RUN], catalogue.sources())
    analyzer = Analyzer(catalogue.SUITE, packs, lambda: None, lambda _: Exemptions(), receipts=own)
    analyzer.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack="dev", project="campus-safety", dry_run=dry_run))
    each = pb.AnalyzerResource(urn=URN, type="pulumi:pulumi:Stack", name="it")
    analyzer.Analyze(pb.AnalyzeRequest(urn=each.urn, type=each.type, name=each.name))
    analyzer.AnalyzeStack(pb.AnalyzeStackRequest(resources=[each]))
    return analyzer


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Judge a preview and an update, and return the directory of their receipts."""
    directory = tmp_path / "receipts"
    environment = dict(begin(directory, PROJECT, "dev", PHASES))
    for dry_run in (True, False):
        judge(environment, dry_run=dry_run)
    return directory


def log(phase: str) -> list[dict[str, Any]]:
    """Return the event log of a successful phase with one resource."""
    common = {"timestamp": int(time.time())}
    packs = {f"{SUITE}|local|{catalogue.DIRECTORY}": catalogue.SUITE.version}
    summary = {"isPreview": phase == PREVIEW, "PolicyPacks": packs, "result": "succeeded"}
    return [
        common | {"policyAnalyzeSummaryEvent": {"policyPackName": SUITE, "resourceUrn": URN}},
        common | {"policyAnalyzeStackSummaryEvent": {"policyPackName": SUITE}},
        common | {"summaryEvent": summary},
    ]


def refusal(directory: Path, events: Sequence[Event] | None = None) -> str:
    """Return the refusal of a run.

    The event log is without mistakes by default.
    """
    phases = json.loads((directory / EXPECTED).read_text())["phases"]
    with pytest.raises(UnprovenRunError) as refused:
        verify(directory, log(phases[-1]) if events is None else events)
    return str(refused.value)


def edit(file: Path, **changes: Any) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def test_a_complete_run_is_proven(run: Path, sources: dict[str, str]) -> None:
    preview, update = verify(run, log(UPDATE))
    for phase in PHASES:
        verify_phase(run, phase, log(phase))
    assert (preview.phase, update.phase) == (PREVIEW, UPDATE)
    for receipt in (preview, update):
        assert {pack.name: pack.source for pack in receipt.packs} == sources
        assert {pack.name: pack.rules for pack in receipt.packs} == {
            pack.name: len(pack.policies) for pack in catalogue.PACKS
        }
        assert (receipt.stack, receipt.judged, receipt.resources, receipt.lowered) == ("dev", 1, 1, [])


def test_a_missing_receipt_is_an_error(run: Path) -> None:
    (run / f"{SUITE}.update.json").unlink()
    assert "There is no receipt of the update" in refusal(run)


def test_a_malformed_receipt_is_an_error(run: Path) -> None:
    (run / f"{SUITE}.update.json").write_text("{")
    assert "update.json is malformed" in refusal(run)
    edit(run / f"{SUITE}.preview.json", judged="all")
    assert "preview.json is malformed" in refusal(run)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"run": "0" * 32}, "belongs to another run"),
        ({"project": "other"}, "is about project other, not campus-safety"),
        ({"stack": "prod"}, "is about stack prod, not dev"),
        ({"phase": "preview"}, "The receipt of the update names another phase: preview"),
        ({"judged": 0}, "judged no resource"),
        ({"resources": 500}, "Only 1 of 500 resources were judged individually"),
        ({"completed": "2020-01-01T00:00:00+00:00"}, "was completed at 2020-01-01T00:00:00+00:00"),
        ({"completed": "2020-01-01T00:00:00"}, "is not within the run"),
        ({"completed": "2999-01-01T00:00:00+00:00"}, "is not within the run"),
        ({"completed": "yesterday"}, "is not within the run"),
        ({"packs": []}, "Pack campus-cost did not judge the update"),
    ],
)
def test_a_receipt_of_something_else_is_an_error(run: Path, changes: dict[str, Any], message: str) -> None:
    edit(run / f"{SUITE}.update.json", **changes)
    assert message in refusal(run)


@pytest.mark.parametrize("pack", catalogue.PACKS, ids=lambda pack: pack.name)
def test_a_run_without_one_of_the_packs_is_an_error(tmp_path: Path, pack: Pack) -> None:
    environment = dict(begin(tmp_path, PROJECT, "dev", (PREVIEW,)))
    judge(environment, dry_run=True, packs=tuple(each for each in catalogue.PACKS if each is not pack))
    assert f"Pack {pack.name} did not judge the preview." in refusal(tmp_path)
    expected = json.loads((tmp_path / EXPECTED).read_text())["packs"]
    edit(tmp_path / EXPECTED, packs={name: source for name, source in expected.items() if name != pack.name})
    said = refusal(tmp_path)
    assert f"Pack {pack.name} did not judge the preview." in said
    assert f"Pack {pack.name} was added to the repository or removed from it during the run" in said


def test_a_changed_or_additional_pack_is_an_error(tmp_path: Path) -> None:
    environment = dict(begin(tmp_path, PROJECT, "dev", (PREVIEW,)))
    judge(environment, dry_run=True)
    file = tmp_path / f"{SUITE}.preview.json"
    packs = json.loads(file.read_text())["packs"]
    edit(file, packs=[packs[0], {**packs[1], "version": "9"}, {**packs[2], "rules": 1}, {**packs[2], "name": "lax"}])
    said = refusal(tmp_path)
    assert f"Pack {packs[1]['name']} had version 9 in the preview" in said
    assert f"Pack {packs[2]['name']} had 1 rules in the preview, but has {packs[2]['rules']}" in said
    assert "Pack lax judged the preview, but is not a pack of this repository" in said
    edit(file, packs=[{**packs[0], "source": "0" * 64}, *packs])
    assert f"lists pack {packs[0]['name']} 2 times" in refusal(tmp_path)


@pytest.mark.parametrize(("stack", "is_refused"), [("dev", False), ("staging", False), ("prod", True), ("mine", True)])
def test_lowered_rules_are_an_error_where_configuration_may_not_lower_them(
    run: Path, stack: str, *, is_refused: bool
) -> None:
    for name in (EXPECTED, f"{SUITE}.preview.json", f"{SUITE}.update.json"):
        edit(run / name, stack=stack)
    edit(run / f"{SUITE}.update.json", lowered=["kms-must-rotate-keys"])
    events = json.loads(json.dumps(log(UPDATE)).replace(":dev::", f":{stack}::"))
    if is_refused:
        assert "lowered the level of rules in the update: kms-must-rotate-keys" in refusal(run, events)
    else:
        assert verify(run, events)[1].lowered == ["kms-must-rotate-keys"]


def test_a_command_may_lower_only_the_rules_that_it_announced(run: Path) -> None:
    for name in (EXPECTED, f"{SUITE}.preview.json", f"{SUITE}.update.json"):
        edit(run / name, stack="preprod", lowered=["rds-must-be-protected-from-deletion"])
    events = json.loads(json.dumps(log(UPDATE)).replace(":dev::", ":preprod::"))
    assert verify(run, events)[1].lowered == ["rds-must-be-protected-from-deletion"]
    edit(run / f"{SUITE}.update.json", lowered=["kms-must-rotate-keys", "rds-must-be-protected-from-deletion"])
    assert "A policy configuration lowered the level of rules in the update: kms-must-rotate-keys." in refusal(
        run, events
    )


def test_only_the_phases_of_the_beginning_are_accepted(run: Path) -> None:
    edit(run / EXPECTED, phases=[PREVIEW])
    assert "There is a receipt of the update, but the run was started without this phase." in refusal(run)
    with pytest.raises(UnprovenRunError, match="started without this phase: update"):
        verify_phase(run, UPDATE, log(UPDATE))
    (run / f"{SUITE}.update.json").unlink()
    assert [receipt.phase for receipt in verify(run, log(PREVIEW))] == [PREVIEW]
    for phases in ([], [UPDATE], ["destroy"]):
        edit(run / EXPECTED, phases=phases)
        with pytest.raises(UnprovenRunError, match="the phases or the start of the run are wrong"):
            verify(run, log(PREVIEW))


def test_another_source_is_an_error_before_during_or_after_the_run(run: Path, sources: dict[str, str]) -> None:
    name = catalogue.PACKS[0].name
    changed = {**sources, name: "0" * 64}
    expected = receipts._expected(run)
    receipt, _ = verify(run, log(UPDATE))
    packs = receipts.current_packs()
    assert list(receipts.compare(expected, receipt, PREVIEW, packs, datetime.now(UTC))) == []
    for before, after in ((changed, sources), (sources, changed), (changed, changed)):
        current = {key: pack.model_copy(update={"source": after[key]}) for key, pack in packs.items()}
        assert list(
            receipts.compare(replace(expected, packs=before), receipt, PREVIEW, current, datetime.now(UTC))
        ) == [f"The source of pack {name} changed during the run, or another copy of the pack judged. Run again."]


def test_receipts_of_two_runs_do_not_mix(run: Path) -> None:
    with pytest.raises(UnprovenRunError, match="is not empty"):
        begin(run, PROJECT, "dev", PHASES)
    (run / EXPECTED).unlink()
    with pytest.raises(UnprovenRunError, match="Start the run with `ops policy begin`"):
        verify(run, log(UPDATE))


def test_a_receipt_from_before_the_run_is_an_error(run: Path) -> None:
    edit(run / EXPECTED, begun=(datetime.now(UTC) + timedelta(minutes=1)).isoformat())
    said = refusal(run)
    assert "The receipt of the update was completed at" in said
    assert "The event log of the update has events from before the start of the run." in said


def test_a_receipt_names_lowered_rules_changed_settings_and_exemptions(tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    exempted = Exemptions(
        [
            Exemption(
                rule="kms-must-rotate-keys",
                resource="aws:kms/key:Key/old",
                environments=(Environment.DEV,),
                **dict.fromkeys(("reason", "owner", "approver"), "somebody"),
                granted=today,
                expires=today,
            )
        ]
    )
    environment = dict(begin(tmp_path, PROJECT, "dev", (PREVIEW,)))
    own = Receipts(catalogue.SUITE, catalogue.PACKS, tmp_path, environment[RUN], catalogue.sources())
    analyzer = Analyzer(catalogue.SUITE, catalogue.PACKS, lambda: None, lambda _: exempted, receipts=own)
    analyzer.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack="dev", project=PROJECT, dry_run=True))
    request = pb.ConfigureAnalyzerRequest()
    request.policyConfig["kms-must-rotate-keys"].enforcementLevel = pb.DISABLED
    request.policyConfig["cost-must-cap-instance-price"].enforcementLevel = pb.MANDATORY
    request.policyConfig["cost-must-cap-instance-price"].properties.update({"monthlyUsd": {"dev": 1}})
    analyzer.Configure(request)
    analyzer.GetAnalyzerInfo(empty_pb2.Empty())
    analyzer.AnalyzeStack(pb.AnalyzeStackRequest(resources=[]))
    receipt = json.loads((tmp_path / f"{SUITE}.preview.json").read_text())
    assert receipt["lowered"] == ["kms-must-rotate-keys"]
    assert receipt["settings"] == ["cost-must-cap-instance-price.monthlyUsd"]
    assert receipt["exemptions"] == ["kms-must-rotate-keys: aws:kms/key:Key/old"]
    assert receipt["judged"] == 0


def test_a_fingerprint_changes_with_any_name_or_byte(tmp_path: Path) -> None:
    pack = tmp_path / "one" / "pack"
    (pack / "__pycache__").mkdir(parents=True)
    (pack / "a.py").write_text("a = 1\n")
    (pack / "b.yaml").write_text("b: 1\n")
    before = fingerprint(dict(files_below(pack)))
    (pack / "__pycache__" / "a.pyc").write_text("compiled")
    (pack / "a.py").touch()
    moved = tmp_path / "two" / "pack"
    moved.parent.mkdir()
    pack.rename(moved)
    assert fingerprint(dict(files_below(moved))) == before
    (moved / "a.py").write_text("a = 2\n")
    assert fingerprint(dict(files_below(moved))) != before
    (moved / "a.py").write_text("a = 1\n")
    assert fingerprint(dict(files_below(moved))) == before
    (moved / "b.yaml").rename(moved / "c.yaml")
    assert fingerprint(dict(files_below(moved))) != before
