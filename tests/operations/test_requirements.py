"""How a row of the requirement table is held against a preview, and how the page says what was found."""

from typing import Any

import pytest

from operations.previews import Planned, Preview
from operations.requirements.page import page
from operations.requirements.rows import SECTIONS
from operations.requirements.table import (
    SOME,
    Has,
    Lacks,
    Row,
    at_least,
    at_most,
    everywhere,
    find,
    guarded,
    holding,
    missing,
    not_below,
    row,
)
from rehearsal.providers.values import UNKNOWN
from stacks.figures import Environment


def planned(kind: str, name: str, sources: dict[str, tuple[str, ...]] | None = None, **inputs: Any) -> Planned:
    return Planned(f"urn::{kind}::{name}", kind, name, inputs, sources or {})


def environment(name: Environment, *more: Planned) -> Preview:
    key = planned("kms.Key", "database")
    database = planned(
        "rds.Instance",
        "records",
        {"kmsKeyId": (key.urn,)},
        multiAz=name.guarded,
        backupRetentionPeriod=35 if name.guarded else 7,
        kmsKeyId=UNKNOWN,
        exports=["postgresql"],
    )
    return Preview(name, (key, database, *more))


PROD = environment(Environment.PROD, planned("ec2.Subnet", "data-a", zone="a"), planned("ec2.Subnet", "data-b"))
FOUR = {name: environment(name) for name in Environment}


@pytest.mark.parametrize(
    ("expectation", "resources", "value"),
    [
        (Has("rds.Instance", "records", "multiAz", wanted=True), "rds.Instance records", "true"),
        (Has("rds.Instance", "records", "backupRetentionPeriod", at_least(30)), "rds.Instance records", "35"),
        (Has("rds.Instance", "records", "backupRetentionPeriod", at_most(35)), "rds.Instance records", "35"),
        (Has("rds.Instance", "records", "exports", holding("postgresql")), "rds.Instance records", '["postgresql"]'),
        (Has("rds.Instance", "records", "kmsKeyId"), "rds.Instance records", "known to AWS"),
        (
            Has("rds.Instance", "records", "kmsKeyId", source="kms.Key database"),
            "rds.Instance records",
            "that of kms.Key database",
        ),
        (Has("kms.Key", "*"), "kms.Key database", "exists"),
        (Has("ec2.Subnet", "data-*", count=2), "ec2.Subnet data-* (2)", "exists"),
        (Lacks("eks.Cluster", "*"), "eks.Cluster *", "none"),
    ],
)
def test_what_is_there_is_shown(expectation: Has | Lacks, resources: str, value: str) -> None:
    found = find(expectation, PROD)
    assert (found.resources, found.value, found.problem) == (resources, value, "")


@pytest.mark.parametrize(
    ("expectation", "problem"),
    [
        (Has("eks.Cluster", "cluster"), "has no eks.Cluster cluster"),
        (Has("ec2.Subnet", "data-*", count=3), "has no ec2.Subnet data-* (has 2 of 3)"),
        (
            Has("rds.Instance", "records", "multiAz", wanted=False),
            "rds.Instance records: multiAz is true, wanted false",
        ),
        (
            Has("rds.Instance", "records", "backupRetentionPeriod", at_least(40)),
            "rds.Instance records: backupRetentionPeriod is 35, wanted at least 40",
        ),
        (
            Has("rds.Instance", "records", "exports", holding("postgresql", "upgrade")),
            'rds.Instance records: exports is ["postgresql"], wanted holds postgresql, upgrade',
        ),
        (Has("ec2.Subnet", "data-*", "zone"), "ec2.Subnet data-*: zone is null, wanted something"),
        (
            Has("rds.Instance", "records", "kmsKeyId", source="kms.Key evidence"),
            "rds.Instance records: kmsKeyId comes from kms.Key database, wanted kms.Key evidence",
        ),
        (
            Has("rds.Instance", "records", "exports", source="kms.Key evidence"),
            "rds.Instance records: exports comes from nowhere, wanted kms.Key evidence",
        ),
        (Lacks("rds.Instance", "*"), "has rds.Instance *, which must not be there"),
    ],
)
def test_what_is_not_as_wanted_is_a_sentence(expectation: Has | Lacks, problem: str) -> None:
    assert find(expectation, PROD).problem == problem


def test_a_wish_is_not_met_by_nothing() -> None:
    nothing: tuple[Any, ...] = (None, "", [], {}, False)
    assert not any(SOME.holds(value) for value in nothing)
    assert SOME.holds(0)
    assert not at_least(1).holds(None)
    assert not holding("a").holds(None)


ROWS: dict[str, tuple[Row, ...]] = {
    "Backups": (
        row("30-day retention", everywhere("rds.Instance", "records", "backupRetentionPeriod", at_least(30))),
        row("a replica|twin", guarded("rds.Instance", "records", "multiAz"), not_below("rds.Instance", "*-dr")),
    )
}


def test_gaps_name_environment_and_sentence() -> None:
    assert missing(ROWS, FOUR) == [
        f"{name}: rds.Instance records: backupRetentionPeriod is 7, wanted at least 30 (“30-day retention”)"
        for name in ("dev", "staging")
    ]


def test_environments_with_the_same_value_share_a_line() -> None:
    assert page(ROWS, FOUR).split("\n## ")[1] == (
        "Backups\n\n"
        "| requirement | where | resource | property | value |\n|---|---|---|---|---|\n"
        "| 30-day retention | dev, staging | `rds.Instance records` | `backupRetentionPeriod` | 7 |\n"
        "|  | preprod, prod | `rds.Instance records` | `backupRetentionPeriod` | 35 |\n"
        "| a replica\\|twin | preprod, prod | `rds.Instance records` | `multiAz` | true |\n"
        "|  | dev, staging | `rds.Instance *-dr` |  | none |\n"
    )


def test_the_table_names_every_sentence_once_in_a_section_and_something_for_it() -> None:
    for title, rows in SECTIONS.items():
        sentences = [one.sentence for one in rows]
        assert len(set(sentences)) == len(sentences), title
        assert all(one.met_by for one in rows)


def test_every_environment_has_something_to_meet() -> None:
    asked = {name for rows in SECTIONS.values() for one in rows for names, _ in one.met_by for name in names}
    assert asked == set(Environment)
