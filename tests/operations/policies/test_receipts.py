"""Receipts: a run without complete, current evidence of the packs is an error."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb

from operations.policies import receipts
from operations.policies.errors import UnprovenRunError
from operations.policies.receipts import EXPECTED, PREVIEW, UPDATE, begin, compare_events, verify
from policy_packs import catalogue
from policy_packs.kernel.analyzer import Analyzer
from policy_packs.kernel.exemptions import Exemptions
from policy_packs.kernel.fingerprint import files_below, fingerprint
from policy_packs.kernel.receipt import DIRECTORY, RUN, Receipts
from policy_packs.kernel.registry import Pack

SUITE = catalogue.SUITE.name
URN = "urn:pulumi:dev::campus-safety::pulumi:pulumi:Stack::campus-safety-dev"


@pytest.fixture(scope="module", autouse=True)
def sources() -> Any:
    """Compute the fingerprints once, because they read hundreds of files."""
    computed = catalogue.sources()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "sources", lambda: dict(computed))
        yield computed


def judge(
    environment: dict[str, str], *, dry_run: bool, packs: tuple[Pack, ...] = catalogue.PACKS, resources: int = 1
) -> Analyzer:
    """Run the real analyzer as the engine does, with one resource."""
    own = Receipts(catalogue.SUITE, packs, Path(environment[DIRECTORY]), environment[RUN], catalogue.sources())
    analyzer = Analyzer(catalogue.SUITE, packs, lambda: None, lambda _: Exemptions(), receipts=own)
    analyzer.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack="dev", project="campus-safety", dry_run=dry_run))
    listed = [pb.AnalyzerResource(urn=URN, type="pulumi:pulumi:Stack", name="it")] * resources
    for each in listed:
        analyzer.Analyze(pb.AnalyzeRequest(urn=each.urn, type=each.type, name=each.name))
    analyzer.AnalyzeStack(pb.AnalyzeStackRequest(resources=listed))
    return analyzer


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Judge a preview and an update, and return the directory of their receipts."""
    directory = tmp_path / "receipts"
    environment = dict(begin(directory, "dev"))
    for dry_run in (True, False):
        judge(environment, dry_run=dry_run)
    return directory


def refusal(directory: Path, *phases: str) -> str:
    with pytest.raises(UnprovenRunError) as refused:
        verify(directory, phases or (PREVIEW, UPDATE), {})
    return str(refused.value)


def edit(file: Path, **changes: Any) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def test_a_complete_run_is_proven(run: Path, sources: dict[str, str]) -> None:
    preview, update = verify(run, (PREVIEW, UPDATE), {})
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
    assert "is malformed" in refusal(run)
    edit(run / f"{SUITE}.preview.json", judged="all")
    assert "is malformed" in refusal(run, PREVIEW)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"run": "0" * 32}, "belongs to another run"),
        ({"stack": "prod"}, "is about stack prod, not dev"),
        ({"phase": "preview"}, "The receipt of the update is about a preview"),
        ({"judged": 0}, "judged no resource"),
        ({"packs": []}, "Pack campus-cost did not judge the update"),
    ],
)
def test_a_receipt_of_something_else_is_an_error(run: Path, changes: dict[str, Any], message: str) -> None:
    edit(run / f"{SUITE}.update.json", **changes)
    assert message in refusal(run)


@pytest.mark.parametrize("pack", catalogue.PACKS, ids=lambda pack: pack.name)
def test_a_run_without_one_of_the_packs_is_an_error(tmp_path: Path, pack: Pack) -> None:
    environment = dict(begin(tmp_path, "dev"))
    judge(environment, dry_run=True, packs=tuple(each for each in catalogue.PACKS if each is not pack))
    assert f"Pack {pack.name} did not judge the preview." in refusal(tmp_path, PREVIEW)


def test_an_empty_pack_or_a_further_pack_is_an_error(tmp_path: Path) -> None:
    environment = dict(begin(tmp_path, "dev"))
    judge(environment, dry_run=True)
    file = tmp_path / f"{SUITE}.preview.json"
    packs = json.loads(file.read_text())["packs"]
    edit(file, packs=[*packs[:2], {**packs[2], "rules": 0}, {**packs[2], "name": "lax"}])
    said = refusal(tmp_path, PREVIEW)
    assert f"Pack {packs[2]['name']} had no rules" in said
    assert "Pack lax judged the preview, but is not a pack of this repository" in said


def test_another_source_is_an_error_before_during_or_after_the_run(run: Path, sources: dict[str, str]) -> None:
    name = catalogue.PACKS[0].name
    changed = {**sources, name: "0" * 64}
    expected = receipts._expected(run)
    receipt = verify(run, (PREVIEW,), {})[0]
    assert list(receipts.compare(expected, receipt, PREVIEW, sources)) == []
    for before, after in ((changed, sources), (sources, changed), (changed, changed)):
        assert list(receipts.compare(replace(expected, packs=before), receipt, PREVIEW, after)) == [
            f"The source of pack {name} changed between the start of the run and its end, or another copy judged."
        ]


def test_receipts_of_two_runs_do_not_mix(run: Path) -> None:
    with pytest.raises(UnprovenRunError, match="is not empty"):
        begin(run, "dev")
    (run / EXPECTED).unlink()
    assert "Start the run with `ops policy begin`" in refusal(run)


def test_nothing_checked_is_an_error(run: Path) -> None:
    with pytest.raises(UnprovenRunError, match="No phase was checked"):
        verify(run, (), {})


OWN = f"{SUITE}|local|.../policy_packs"


def events(*, preview: bool, packs: dict[str, str], finished: str | None) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = [{"summaryEvent": {"isPreview": preview, "PolicyPacks": packs}}]
    if finished:
        listed.insert(0, {"policyAnalyzeStackSummaryEvent": {"policyPackName": finished}})
    return listed


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        ([], "no summary of the update"),
        (events(preview=True, packs={OWN: "0.1.0"}, finished=SUITE), "no summary of the update"),
        (events(preview=False, packs={}, finished=SUITE), "The engine ran no policy pack"),
        (events(preview=False, packs={"lax": "1"}, finished="lax"), "The engine ran lax"),
        (events(preview=False, packs={OWN: "1", "lax": "1"}, finished=SUITE), "must run only campus-safety"),
        (events(preview=False, packs={SUITE: "1"}, finished=SUITE), "The engine ran campus"),
        (events(preview=False, packs={OWN: "1"}, finished=None), "did not judge the whole stack"),
    ],
)
def test_an_event_log_without_exactly_these_packs_is_an_error(listed: list[dict[str, Any]], message: str) -> None:
    assert message in "".join(compare_events(listed, UPDATE))
    assert list(compare_events(events(preview=False, packs={OWN: "0.1.0"}, finished=SUITE), UPDATE)) == []


def test_rules_that_a_configuration_lowered_are_named(tmp_path: Path) -> None:
    environment = dict(begin(tmp_path, "dev"))
    own = Receipts(catalogue.SUITE, catalogue.PACKS, tmp_path, environment[RUN], catalogue.sources())
    analyzer = Analyzer(catalogue.SUITE, catalogue.PACKS, lambda: None, lambda _: Exemptions(), receipts=own)
    analyzer.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack="dev", project="campus-safety", dry_run=True))
    request = pb.ConfigureAnalyzerRequest()
    request.policyConfig["kms-must-rotate-keys"].enforcementLevel = pb.DISABLED
    analyzer.Configure(request)
    analyzer.GetAnalyzerInfo(empty_pb2.Empty())
    analyzer.AnalyzeStack(pb.AnalyzeStackRequest(resources=[]))
    receipt = json.loads((tmp_path / f"{SUITE}.preview.json").read_text())
    assert receipt["lowered"] == ["kms-must-rotate-keys"]
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
