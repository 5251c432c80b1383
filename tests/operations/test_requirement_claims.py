"""The requirements table claims only what the resources of the environments prove."""

import pytest

from operations.previews import PlannedResource, Preview
from operations.requirements.claims import Status, open_parts, overclaims, status
from operations.requirements.gaps import Gap, not_yet, outside
from operations.requirements.page import page
from operations.requirements.sections import SECTIONS
from operations.requirements.table import Absent, Expected, Requirement, Scoped, everywhere
from stacks.requirements import Environment

PEOPLE = outside("approval by the tech lead", by="the repository's administrators")
LATER = not_yet("no restore has been shown", by="the site reliability engineers")


def planned(resource_type: str, name: str, **inputs: object) -> PlannedResource:
    return PlannedResource(f"urn::{resource_type}::{name}", resource_type, name, inputs, {})


PREVIEWS = {
    name: Preview(
        name,
        (
            planned("eks.AccessEntry", "cluster-sre", kubernetesGroups=["campus:sre"]),
            planned("rds.Instance", "records", multiAz=True, tags={"data-classification": "synthetic"}),
            planned("s3.BucketReplicationConfig", "snapshots", rules=["r"]),
            planned("k8s.Release", "argocd", version="9"),
        ),
        frozenset({"k8s.Release"}),
    )
    for name in Environment
}
ACCESS = everywhere("eks.AccessEntry", "cluster-sre", "kubernetesGroups")
TAG = everywhere("rds.Instance", "records", 'tags."data-classification"', "synthetic")
BUCKET = everywhere("s3.BucketReplicationConfig", "snapshots", "rules")
RECORDED = everywhere("k8s.Release", "argocd", "version")
DATABASE = everywhere("rds.Instance", "records", "multiAz", wanted=True)


def one(sentence: str, *met_by: Scoped, gaps: tuple[Gap, ...] = ()) -> Requirement:
    return Requirement("DR-01", sentence, met_by, gaps)


@pytest.mark.parametrize(
    ("sentence", "expectation"),
    [
        ("Helm charts", RECORDED),
        ("Daily repository backups", BUCKET),
        ("Daily state snapshots", BUCKET),
        ("Anonymized datasets", TAG),
    ],
)
@pytest.mark.parametrize("gaps", [(), (LATER,)])
def test_what_proves_nothing_is_not_met(sentence: str, expectation: Scoped, gaps: tuple[Gap, ...]) -> None:
    assert status(one(sentence, expectation, gaps=gaps), PREVIEWS) is Status.NOT_MET


def test_people_alone_meet_a_sentence_outside_the_program() -> None:
    assert status(one("Anonymized datasets", TAG, gaps=(PEOPLE,)), PREVIEWS) is Status.OUTSIDE


@pytest.mark.parametrize("met_by", [(RECORDED, DATABASE), (DATABASE, RECORDED)])
def test_a_recorded_type_beside_an_emulated_one_leaves_the_rest_open(met_by: tuple[Scoped, ...]) -> None:
    requirement = one("Databases and charts", *met_by)
    assert status(requirement, PREVIEWS) is Status.IN_PART
    assert [gap.what for gap in open_parts(requirement, PREVIEWS)] == ["k8s.Release is only recorded in a rehearsal"]


def test_a_type_that_is_recorded_in_one_environment_only_is_named() -> None:
    previews = {**PREVIEWS, Environment.DEV: Preview(Environment.DEV, PREVIEWS[Environment.DEV].resources)}
    assert status(one("Helm charts", RECORDED), previews) is Status.IN_PART


def test_a_whole_claim_is_met_and_a_gap_makes_it_partial() -> None:
    assert status(one("Two zones", DATABASE), PREVIEWS) is Status.MET
    assert status(one("Two zones", DATABASE, gaps=(LATER,)), PREVIEWS) is Status.IN_PART
    assert status(one("Same bucket elsewhere", BUCKET), PREVIEWS) is Status.MET


def test_a_resource_that_differs_or_is_missing_meets_nothing() -> None:
    missing = everywhere("rds.Instance", "other", "multiAz")
    differs = everywhere("rds.Instance", "records", "multiAz", wanted=False)
    assert [status(one("Two zones", each), PREVIEWS) for each in (missing, differs)] == [Status.NOT_MET] * 2


@pytest.mark.parametrize(
    ("sentence", "expectation", "reason"),
    [
        ("SREs, deployment approval required", ACCESS, "no resource meets “approval”"),
        ("On-call only, change management process required", ACCESS, "no resource meets “process”"),
        ("Security review for infrastructure", ACCESS, "no resource meets “review”"),
        ("Multi-region, 99.5% availability SLA", DATABASE, "no resource shows “99.5% availability”"),
        ("Batch, 60-70% cost reduction", DATABASE, "no resource shows “70% cost”"),
        ("1-year commitments, 30% cost savings", DATABASE, "no resource shows “30% cost”"),
        ("Daily repository backups", BUCKET, "s3.BucketReplicationConfig is storage, not a backup"),
        ("Anonymized datasets", TAG, "a tag of rds.Instance describes data but changes none"),
    ],
)
def test_every_class_of_false_claim_is_reported_until_a_gap_names_who_meets_it(
    sentence: str, expectation: Scoped, reason: str
) -> None:
    (found,) = overclaims([[one(sentence, expectation)]], PREVIEWS)
    assert found.startswith(f"DR-01: {reason}")
    assert not list(overclaims([[one(sentence, expectation, gaps=(PEOPLE,))]], PREVIEWS))


def planned_for(requirement: Requirement, *, recorded: bool = False) -> dict[Environment, Preview]:
    """Return previews in which a requirement's resources exist."""
    types = frozenset(expectation.type for _, expectation in requirement.met_by if recorded)
    return {name: Preview(name, (), types) for name in Environment}


def test_the_table_has_no_false_claim() -> None:
    for requirements in SECTIONS.values():
        for requirement in requirements:
            assert not list(overclaims([[requirement]], planned_for(requirement)))


def test_no_entry_would_be_met_by_recorded_types() -> None:
    for requirements in SECTIONS.values():
        for requirement in requirements:
            if any(isinstance(expectation, Absent) for _, expectation in requirement.met_by):
                continue
            assert status(requirement, planned_for(requirement, recorded=True)) in {Status.NOT_MET, Status.OUTSIDE}


def test_every_gap_names_who_meets_it() -> None:
    gaps = [gap for requirements in SECTIONS.values() for each in requirements for gap in each.gaps]
    assert len(gaps) > 20
    assert all(gap.what and gap.by for gap in gaps)


@pytest.mark.parametrize("identifier", ["ENV-04", "ENV-08", "ENV-12", "ENV-16"])
def test_access_does_not_stand_for_an_approval(identifier: str) -> None:
    requirement = next(each for each in SECTIONS["Environment strategy"] if each.identifier == identifier)
    assert all(isinstance(each, Expected) and each.type == "eks.AccessEntry" for _, each in requirement.met_by)
    assert requirement.gaps


def test_the_page_shows_status_and_gap() -> None:
    rows = page({"Access": [one("SREs with approval", ACCESS, gaps=(PEOPLE,))]}, PREVIEWS).splitlines()
    assert "Of 1 requirements: 0 met, 1 met in part, 0 outside the program, 0 not met yet." in rows
    assert rows[-2].startswith("| DR-01: SREs with approval | met in part | dev, staging, preprod, prod |")
    assert rows[-1] == (
        "|  | outside the program |  | to be met by the repository's administrators |  | approval by the tech lead |"
    )
