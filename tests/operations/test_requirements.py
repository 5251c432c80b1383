"""Requirement table: checks against a preview, and the page."""

from typing import Any

import pytest

from operations.previews import PlannedResource, Preview
from operations.requirements.page import page
from operations.requirements.sections import SECTIONS
from operations.requirements.source import sentences
from operations.requirements.table import (
    SOME,
    Absent,
    Expected,
    Requirement,
    at_least,
    at_most,
    everywhere,
    find,
    holding,
    missing,
    not_below,
    production_like,
    requirement,
)
from pulumi_wire.markers import UNKNOWN_STRING
from stacks.requirements import Environment


def planned(
    resource_type: str, name: str, sources: dict[str, tuple[str, ...]] | None = None, **inputs: Any
) -> PlannedResource:
    return PlannedResource(f"urn::{resource_type}::{name}", resource_type, name, inputs, sources or {})


def environment(name: Environment, *more: PlannedResource) -> Preview:
    key = planned("kms.Key", "database")
    database = planned(
        "rds.Instance",
        "records",
        {"kmsKeyId": (key.urn,)},
        multiAz=name.production_like,
        backupRetentionPeriod=35 if name.production_like else 7,
        kmsKeyId=UNKNOWN_STRING,
        exports=["postgresql"],
    )
    return Preview(name, (key, database, *more))


PROD = environment(Environment.PROD, planned("ec2.Subnet", "data-a", zone="a"), planned("ec2.Subnet", "data-b"))
FOUR = {name: environment(name) for name in Environment}


@pytest.mark.parametrize(
    ("expectation", "resources", "value"),
    [
        (Expected("rds.Instance", "records", "multiAz", wanted=True), "rds.Instance records", "true"),
        (Expected("rds.Instance", "records", "backupRetentionPeriod", at_least(30)), "rds.Instance records", "35"),
        (Expected("rds.Instance", "records", "backupRetentionPeriod", at_most(35)), "rds.Instance records", "35"),
        (
            Expected("rds.Instance", "records", "exports", holding("postgresql")),
            "rds.Instance records",
            '["postgresql"]',
        ),
        (Expected("rds.Instance", "records", "kmsKeyId"), "rds.Instance records", "known after the update"),
        (
            Expected("rds.Instance", "records", "kmsKeyId", source="kms.Key database"),
            "rds.Instance records",
            "from kms.Key database",
        ),
        (Expected("kms.Key", "*"), "kms.Key database", "exists"),
        (Expected("ec2.Subnet", "data-*", count=2), "ec2.Subnet data-* (2)", "exists"),
        (Absent("eks.Cluster", "*"), "eks.Cluster *", "none"),
    ],
)
def test_a_met_expectation_shows_its_resources_and_value(
    expectation: Expected | Absent, resources: str, value: str
) -> None:
    finding = find(expectation, PROD)
    assert (finding.resources, finding.value, finding.problem) == (resources, value, "")


@pytest.mark.parametrize(
    ("expectation", "problem"),
    [
        (Expected("eks.Cluster", "cluster"), "eks.Cluster cluster is missing"),
        (Expected("ec2.Subnet", "data-*", count=3), "ec2.Subnet data-* is missing (2 of 3)"),
        (
            Expected("rds.Instance", "records", "multiAz", wanted=False),
            "rds.Instance records: multiAz is true, expected false",
        ),
        (
            Expected("rds.Instance", "records", "backupRetentionPeriod", at_least(40)),
            "rds.Instance records: backupRetentionPeriod is 35, expected at least 40",
        ),
        (
            Expected("rds.Instance", "records", "exports", holding("postgresql", "upgrade")),
            'rds.Instance records: exports is ["postgresql"], expected a value that contains postgresql, upgrade',
        ),
        (Expected("ec2.Subnet", "data-*", "zone"), "ec2.Subnet data-*: zone is null, expected any value"),
        (
            Expected("rds.Instance", "records", "kmsKeyId", source="kms.Key evidence"),
            "rds.Instance records: kmsKeyId comes from kms.Key database, expected kms.Key evidence",
        ),
        (
            Expected("rds.Instance", "records", "exports", source="kms.Key evidence"),
            "rds.Instance records: exports comes from no resource, expected kms.Key evidence",
        ),
        (Absent("rds.Instance", "*"), "rds.Instance * must not exist"),
    ],
)
def test_an_unmet_expectation_is_described_in_one_sentence(expectation: Expected | Absent, problem: str) -> None:
    assert find(expectation, PROD).problem == problem


def test_an_empty_value_passes_no_test() -> None:
    nothing: tuple[Any, ...] = (None, "", [], {}, False)
    assert not any(SOME.passes(value) for value in nothing)
    assert SOME.passes(0)
    assert not at_least(1).passes(None)
    assert not holding("a").passes(None)


SECTIONS_UNDER_TEST: dict[str, tuple[Requirement, ...]] = {
    "Backups": (
        Requirement(
            "DR-01",
            "30-day retention",
            (everywhere("rds.Instance", "records", "backupRetentionPeriod", at_least(30)),),
        ),
        Requirement(
            "DR-02",
            "a replica|parity",
            (production_like("rds.Instance", "records", "multiAz"), not_below("rds.Instance", "*-dr")),
        ),
    )
}


def test_unmet_requirements_name_environment_and_sentence() -> None:
    assert missing(SECTIONS_UNDER_TEST, FOUR) == [
        f"{name}: rds.Instance records: backupRetentionPeriod is 7, expected at least 30 (DR-01: “30-day retention”)"
        for name in ("dev", "staging")
    ]


def test_environments_with_the_same_value_share_a_line() -> None:
    assert page(SECTIONS_UNDER_TEST, FOUR).split("\n## ")[1] == (
        "Backups\n\n"
        "| requirement | status | environments | resource | property | value |\n|---|---|---|---|---|---|\n"
        "| DR-01: 30-day retention | met | dev, staging | `rds.Instance records` | `backupRetentionPeriod` | 7 |\n"
        "|  |  | preprod, prod | `rds.Instance records` | `backupRetentionPeriod` | 35 |\n"
        "| DR-02: a replica\\|parity | met | preprod, prod | `rds.Instance records` | `multiAz` | true |\n"
        "|  |  | dev, staging | `rds.Instance *-dr` |  | none |\n"
    )


def test_every_sentence_is_in_the_table_once_with_an_expectation() -> None:
    identifiers = [one.identifier for requirements in SECTIONS.values() for one in requirements]
    assert len(set(identifiers)) == len(identifiers)
    assert all(one.met_by for requirements in SECTIONS.values() for one in requirements)


def test_every_environment_has_requirements() -> None:
    scopes = [scope for requirements in SECTIONS.values() for one in requirements for scope in one.met_by]
    assert {environment for environments, _ in scopes for environment in environments} == set(Environment)


def test_an_unknown_identifier_is_rejected() -> None:
    with pytest.raises(KeyError):
        requirement("ENV-99")


def test_the_source_has_the_sentences_of_the_operations_document() -> None:
    assert sentences()["ENV-14"] == "Multi-region (primary + DR), auto-scaling, 99.5% availability SLA"
    assert sentences()["DEPLOY-08"] == "Monitor->>Ops: Monitor key metrics (5 min)"
    assert sentences()["IAC-23"] == "max_replicas: 50"
