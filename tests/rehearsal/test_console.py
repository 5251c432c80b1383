"""The summary claims only what ran."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from rehearsal.cloud.comparison import Mismatch
from rehearsal.console import ConsoleReporter
from rehearsal.engine import Outcome
from rehearsal.hints import CommandHints
from rehearsal.summary import RehearsalSummary, ResourceCounts
from rehearsal.update_state import UpdateState

ADVICE = {
    "policyEvent": {
        "message": "set tags",
        "policyName": "tags",
        "policyPackName": "pack",
        "enforcementLevel": "advisory",
        "resourceUrn": "",
    }
}


def summary_text(packs: list[Path], preview: Outcome, unreadable: dict[str, str] | None = None) -> str:
    text = io.StringIO()
    reporter = ConsoleReporter(Console(file=text, width=140))
    reporter.show_target("dev", Path("shop"), packs, {})
    errors = unreadable or {}
    mismatch = Mismatch((), (), tuple(errors))
    summary = RehearsalSummary(
        "dev", ResourceCounts((), {}), mismatch, {}, errors, (), "http://127.0.0.1", Path("logs")
    )
    reporter.show_summary(summary, preview, Outcome(), [])
    return text.getvalue()


def status_text(update: UpdateState, pending: int) -> str:
    text = io.StringIO()
    summary = RehearsalSummary(
        "dev", ResourceCounts((), {}), Mismatch((), ()), {}, {}, (), "http://127.0.0.1", Path("logs"), update, pending
    )
    ConsoleReporter(Console(file=text, width=140), CommandHints("ops rehearse")).show_status(summary)
    return text.getvalue()


def test_a_summary_without_packs_says_that_nothing_was_checked() -> None:
    text = summary_text([], Outcome())
    assert "Policy packs: none in policy_packs/, so nothing was checked" in text
    assert "no findings" not in text


@pytest.mark.parametrize(
    ("events", "said"),
    [([], "Policy packs: no findings"), ([ADVICE], "Policy packs: no blocking findings, 1 advisory")],
)
def test_a_summary_with_packs_counts_their_findings(events: list[dict[str, object]], said: str) -> None:
    assert said in summary_text([Path("policy_packs/security")], Outcome(events))


def test_a_summary_names_types_that_could_not_be_read_and_claims_no_match() -> None:
    text = summary_text([], Outcome(), {"aws:sqs/queue:Queue": "AccessDenied"})
    assert "aws:sqs/queue:Queue could not be read, so it was not compared: AccessDenied" in text
    assert "hold the same resources" not in text
    assert "hold the same resources" in summary_text([], Outcome())


@pytest.mark.parametrize(
    ("update", "pending", "said"),
    [
        (UpdateState.UNFINISHED, 2, "did not finish (2 pending operations). Run `ops rehearse up dev` to finish it."),
        (UpdateState.UNFINISHED, 0, "The last update of dev did not finish. Run `ops rehearse up dev` to finish it."),
        (UpdateState.NONE, 0, "No update of dev has finished yet. Run `ops rehearse up dev`."),
        (UpdateState.RUNNING, 1, "An engine is working on dev now, so these figures may change."),
    ],
)
def test_the_status_says_whether_the_last_update_finished(update: UpdateState, pending: int, said: str) -> None:
    assert said in status_text(update, pending)


def test_the_status_does_not_mention_a_successful_update() -> None:
    assert "update" not in status_text(UpdateState.FINISHED, 0)
