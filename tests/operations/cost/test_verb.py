"""`ops cost` only shows changes, unless `--execute` is given.

The exit code says if changes were shown but not written.
"""

from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

from operations.cost import estimating, refreshing, verb
from policy_packs.cost import table
from tests.operations.cost.test_refreshing import Answers, product
from tests.operations.cost.test_stacks import AWS, GATEWAY, NODES, TEMPLATE, preview
from tests.policy_packs.test_cost_data import prices


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(verb.app, arguments, catch_exceptions=False)
    return done.exit_code, done.stdout


def test_an_estimate_shows_sums_and_arithmetic(tmp_path: Path) -> None:
    code, shown = run("estimate", "dev", "--from", str(preview(tmp_path, AWS, TEMPLATE, NODES, GATEWAY)))
    assert code == 0
    assert "1 to 3 x t3.large at $60.74 + 10 to 30 x GiB of gp3 at $0.08" in shown
    assert "$217.46" in shown


def test_a_baseline_is_written_only_with_execute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "baseline.yaml"
    written: list[Any] = []
    monkeypatch.setattr(estimating, "write", written.append)
    source = str(preview(tmp_path, AWS, GATEWAY))
    code, shown = run("baseline", "dev", "--from", source)
    assert (code, written) == (verb.WORK, [])
    assert "+$0.00" not in shown
    assert run("baseline", "dev", "--from", source, "--execute")[0] == 0
    (new,) = written
    assert new["dev"].expected == table.Baseline.expected.fget(new["dev"])  # type: ignore[attr-defined]  # a property
    assert not file.exists()


def test_an_unchanged_baseline_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = preview(tmp_path, AWS, GATEWAY)
    present = estimating.priced("dev", source)
    now = estimating.renewed("dev", present, "a preview", table.TABLE.as_of)
    monkeypatch.setattr(table, "BASELINE", now)
    code, shown = run("baseline", "dev", "--from", str(source), "--execute")
    assert code == 0
    assert "Nothing to change." in shown


@pytest.mark.parametrize(
    ("answers", "arguments", "expected"),
    [
        (Answers([product("1")]), (), verb.WORK),
        (Answers([product("1")]), ("--execute",), 0),
        (Answers([product("1")], awskms=[]), ("--execute",), verb.UNANSWERED),
    ],
)
def test_a_refresh_shows_differences_and_writes_only_with_execute(
    answers: Answers, arguments: tuple[str, ...], expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text(prices())
    renew, write = refreshing.renew, refreshing.write
    monkeypatch.setattr(boto3, "client", lambda *_, **__: answers)
    monkeypatch.setattr(refreshing, "renew", lambda client, today: renew(client, today, file))
    monkeypatch.setattr(refreshing, "write", lambda renewal: write(renewal, file))
    code, shown = run("prices", "refresh", *arguments)
    assert code == expected
    assert "us-east-1.instances.m6i.large" in shown
    assert ("verified: true" in file.read_text()) is bool(arguments)
    assert ("not verified: us-east-1.services.kms-key-month" in shown) is (expected == verb.UNANSWERED)
