"""Event logs that do not show a successful run of exactly the suite."""

import json
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from operations.policies.errors import UnprovenRunError
from operations.policies.event_log import _names, compare_events, read_events
from policy_packs import catalogue
from policy_packs.kernel.receipt import PREVIEW, UPDATE

SUITE = catalogue.SUITE.name
VERSION = catalogue.SUITE.version
OWN = f"{SUITE}|local|{catalogue.DIRECTORY}"
PREFIX = "urn:pulumi:dev::campus-safety::"
BEGUN = 1_700_000_000.9


def judged(urn: str = f"{PREFIX}aws:s3/bucket:Bucket::logs", pack: str = SUITE) -> dict[str, Any]:
    return {"policyAnalyzeSummaryEvent": {"policyPackName": pack, "resourceUrn": urn}}


def summary(**changes: Any) -> dict[str, Any]:
    return {"summaryEvent": {"isPreview": False, "PolicyPacks": {OWN: VERSION}, "result": "succeeded"} | changes}


WHOLE = {"policyAnalyzeStackSummaryEvent": {"policyPackName": SUITE}}


def mistakes(*events: dict[str, Any], phase: str = UPDATE, timestamp: object = 1_700_000_000) -> list[str]:
    return list(compare_events([{"timestamp": timestamp} | event for event in events], phase, PREFIX, BEGUN, 1))


def test_a_successful_run_has_no_mistakes() -> None:
    advisory = {"policyEvent": {"policyName": "a", "enforcementLevel": "advisory"}}
    warning = {"diagnosticEvent": {"severity": "warning"}}
    assert mistakes(judged(), WHOLE, summary(), advisory, warning) == []
    assert mistakes(judged(), WHOLE, summary(isPreview=True), phase=PREVIEW) == []


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([], "no summary of the update"),
        ([judged(), WHOLE, summary(isPreview=True)], "no summary of the update"),
        ([judged(), WHOLE, summary(PolicyPacks={})], "The engine ran no policy pack"),
        ([judged(), WHOLE, summary(PolicyPacks={"lax": "1"})], "The engine ran lax"),
        ([judged(), WHOLE, summary(PolicyPacks={OWN: VERSION, "lax": "1"})], f"must run only {SUITE}"),
        ([judged(), WHOLE, summary(PolicyPacks={SUITE: VERSION})], f"The engine ran {SUITE} in"),
        ([judged(), WHOLE, summary(PolicyPacks={f"{SUITE}|local|/other/dir": VERSION})], "/other/dir"),
        ([judged(), WHOLE, summary(PolicyPacks={OWN: "9"})], "The engine ran version 9"),
        ([judged(), summary()], "did not judge the whole stack"),
        ([WHOLE, summary()], "lists 0 judged resources, but the receipt counts 1"),
        ([judged(pack="lax"), WHOLE, summary()], "lists 0 judged resources"),
        (
            [judged("urn:pulumi:prod::campus-safety::a:b:C::d"), WHOLE, summary()],
            "names resources of another stack or project",
        ),
        ([judged("urn:pulumi:dev::other::a:b:C::d"), WHOLE, summary()], "names resources of another stack or project"),
        ([judged(), WHOLE, summary(result="failed")], "the result of the update is failed"),
        ([judged(), WHOLE, summary(result="")], "the result of the update is missing"),
        ([judged(), WHOLE, summary(), {"diagnosticEvent": {"severity": "error"}}], "reports an error"),
        ([judged(), WHOLE, summary(), {"errorEvent": {"error": "x"}}], "reports an error"),
        ([judged(), WHOLE, summary(), {"resOpFailedEvent": {"status": 0}}], "reports a failed operation"),
        (
            [judged(), WHOLE, summary(), {"policyEvent": {"policyName": "a", "enforcementLevel": "mandatory"}}],
            "violates mandatory rules: a.",
        ),
    ],
)
def test_any_other_log_is_an_error(events: list[dict[str, Any]], message: str) -> None:
    assert message in "".join(mistakes(*events))


@pytest.mark.parametrize("timestamp", [1_699_999_999, None, "1700000001"])
def test_events_from_before_the_run_are_an_error(timestamp: object) -> None:
    assert "from before the start of the run" in "".join(mistakes(judged(), WHOLE, summary(), timestamp=timestamp))


@pytest.mark.parametrize(
    ("path", "is_same"),
    [
        ("/srv/jobs/one/platform/policy_packs", True),
        ("/srv/.../platform/policy_packs", True),
        ("/srv/.../other/policy_packs", False),
        ("/opt/.../platform/policy_packs", False),
        ("/srv/jobs/.../one/platform/policy_packs", False),
        (".../platform/policy_packs", False),
        ("/srv/...", False),
        ("...", False),
        ("platform/policy_packs", False),
        ("", False),
    ],
)
def test_an_abbreviated_directory_must_fit(path: str, *, is_same: bool) -> None:
    assert _names(path, PurePosixPath("/srv/jobs/one/platform/policy_packs").parts) is is_same


@pytest.mark.parametrize("content", [None, "{", "[]", "1"])
def test_a_log_that_cannot_be_read_is_an_error(tmp_path: Path, content: str | None) -> None:
    log = tmp_path / "events.jsonl"
    if content is not None:
        log.write_text(f"{json.dumps(summary())}\n{content}\n")
    with pytest.raises(UnprovenRunError, match="cannot be read"):
        read_events(log)
