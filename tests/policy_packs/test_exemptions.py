"""Exemptions: narrow, owned, approved by another person, and time-limited."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from policy_packs.catalogue import EXEMPTIONS_FILE, policies
from policy_packs.kernel.context import Context
from policy_packs.kernel.exemptions import Exemption, ExemptionError, Exemptions, load, type_and_name
from policy_packs.kernel.notes import describe_exempted
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.verdict import Violation

TODAY = date(2026, 3, 1)
RULE = "rds-must-keep-backups"
DATABASE = "aws:rds/instance:Instance"
URN = f"urn:pulumi:dev::campus-safety::campus:database:Postgres${DATABASE}::reports"
ENTRY: Mapping[str, Any] = {
    "rule": RULE,
    "resource": f"{DATABASE}/reports",
    "environments": ["dev"],
    "reason": "filled anew every night",
    "owner": "data-platform",
    "approver": "security",
    "granted": date(2026, 1, 15),
    "expires": date(2026, 3, 15),
}
Loaded = Callable[[Any], Exemptions]


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    def read(content: Any) -> Exemptions:
        file = tmp_path / "exemptions.yaml"
        file.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
        return load(file, policies(), TODAY)

    return read


def entry(**changes: Any) -> dict[str, Any]:
    return {key: value for key, value in {**ENTRY, **changes}.items() if value is not None}


def test_the_committed_list_is_empty() -> None:
    assert list(load(EXEMPTIONS_FILE, policies(), TODAY)) == []


@pytest.mark.parametrize("content", ["", "[]", "# nothing\n"])
def test_an_empty_list_is_no_exemption(loaded: Loaded, content: str) -> None:
    assert list(loaded(content)) == []


def test_a_sound_exemption_is_taken_until_its_last_day(loaded: Loaded) -> None:
    (exemption,) = loaded([entry(expires=TODAY)])
    assert exemption.matches(URN)


def test_ninety_days_are_the_most_that_may_be_granted(loaded: Loaded) -> None:
    granted = TODAY - timedelta(days=10)
    assert list(loaded([entry(granted=granted, expires=granted + timedelta(days=90))]))
    with pytest.raises(ExemptionError, match="the latest allowed date is"):
        loaded([entry(granted=granted, expires=granted + timedelta(days=91))])


MISTAKES = {
    "a missing key": (entry(owner=None), "exemption 1 (rds-must-keep-backups): owner: is missing"),
    "an unknown key": (
        entry(until="x"),
        "exemption 1 (rds-must-keep-backups): until: unknown key; known keys are rule, ",
    ),
    "a blank reason": (entry(reason="  "), "reason: must not be empty"),
    "no environment": (entry(environments=[]), "environments: has too few entries (0; the minimum is 1)"),
    "an unknown environment": (
        entry(environments=["qa"]),
        "environments.0: must be 'dev', 'staging', 'preprod' or",
    ),
    "no date": (entry(expires="soon"), "expires: must be a date such as 2026-11-24, without quotes, not 'soon'"),
    "a number for a date": (entry(granted=1_768_435_200), "granted: must be a date such as 2026-11-24"),
    "no entry": ("word", "exemption 1: must be a mapping, not 'word'"),
    "an unknown rule": (entry(rule="rds-must-fly"), "rds-must-fly on aws:rds/instance:Instance/reports): unknown rule"),
    "an owner who approves": (entry(approver="Data-Platform"), "data-platform is both owner and approver"),
    "a day that has passed": (entry(expires=date(2026, 2, 28)), "expired on 2026-02-28; fix the resource"),
    "a grant to come": (entry(granted=date(2026, 3, 2)), "granted on 2026-03-02, which is in the future"),
    "an end before the start": (entry(expires=date(2026, 1, 1)), "expires on 2026-01-01, before it is granted"),
    "every resource": (entry(resource="*"), "* must be a URN or type/name without wildcards, except for one *"),
}
WIDE_PATTERNS = (
    *("*", "**", "?", "", "reports", "rep*", "urn:*", "urn:pulumi:*", "[!~]*", "*/reports", "aws:*/reports"),
    *("urn:pulumi:*::*::*::*", "urn:*::*::*::[!~]*", "urn:pulumi:dev::*::*::reports", "urn:pulumi:dev::p::*::reports"),
    *(f"{DATABASE}{name}" for name in ("", "/", "/*", "/re*", "/*reports", "/rep*s", "/rep**", "/rep?", "/[r]eports")),
    *(f"{DATABASE}/{name}" for name in ("[!~]*", "rep[o]*", "?eports", "rep*rts*")),
    *(
        f"aws:rds/{kind}/reports"
        for kind in ("instance:Inst*", "instance:*", "*:Instance", "inst?nce:Instance", "[a-z]:I")
    ),
    *("aws:rds/instance/reports", ":::/reports", "aws/reports"),
    *(URN.replace(part, "*") for part in ("dev", "campus-safety", "campus:database:Postgres", DATABASE, "reports")),
    *(URN.replace("Instance", each) for each in ("Inst*", "Inst?nce", "[!~]*", "*")),
    *(URN.replace("reports", each) for each in ("re*", "*reports", "rep*s", "rep?", "[r]eports", "rep**", "")),
    *(URN.replace("urn:pulumi", each) for each in ("urn:*", "urn:other", "urn")),
)


@pytest.mark.parametrize("pattern", WIDE_PATTERNS)
def test_a_pattern_that_names_no_single_resource_is_a_mistake(loaded: Loaded, pattern: str) -> None:
    with pytest.raises(ExemptionError) as caught:
        loaded([entry(resource=pattern)])
    assert len(caught.value.mistakes) == 1


@pytest.mark.parametrize(
    "pattern",
    [
        URN,
        URN.replace("reports", "rep*"),
        f"urn:pulumi:dev::p::{DATABASE}::reports",
        f"{DATABASE}/reports",
        f"{DATABASE}/rep*",
        f"{DATABASE}/a",
        "kubernetes:apps/v1:Deployment/web/front",
        "kubernetes:rbac.authorization.k8s.io/v1:Role/web::front",
        "pulumi:pulumi:Stack/campus-safety-dev",
    ],
)
def test_a_literal_type_and_name_or_prefix_is_accepted(loaded: Loaded, pattern: str) -> None:
    assert len(list(loaded([entry(resource=pattern)]))) == 1


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line(loaded: Loaded, mistake: str) -> None:
    wrong, says = MISTAKES[mistake]
    with pytest.raises(ExemptionError) as caught:
        loaded([wrong])
    assert any(says in line for line in caught.value.mistakes), caught.value.mistakes
    assert all("\n" not in line for line in caught.value.mistakes)


def test_a_wrong_environment_is_not_also_called_a_missing_one(loaded: Loaded) -> None:
    with pytest.raises(ExemptionError) as caught:
        loaded([entry(environments=["qa"])])
    assert len(caught.value.mistakes) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("rule: x", "must be a list, not a mapping; write [] for an empty list"),
        ("[a: b: c]", "isn't valid YAML: while parsing a flow sequence"),
        ("- [\n", "isn't valid YAML"),
        ("- rule: x\n  rule: y\n", "isn't valid YAML: duplicate key rule"),
        ("{}", "must be a list, not a mapping"),
    ],
)
def test_a_file_that_is_no_list_is_one_line(loaded: Loaded, content: str, says: str) -> None:
    with pytest.raises(ExemptionError) as caught:
        loaded(content)
    (line,) = caught.value.mistakes
    assert says in line


def test_a_missing_file_is_a_mistake_too(tmp_path: Path) -> None:
    with pytest.raises(ExemptionError, match="can't be read: No such file"):
        load(tmp_path / "none.yaml", policies(), TODAY)


def test_all_mistakes_are_told_at_once(loaded: Loaded) -> None:
    with pytest.raises(ExemptionError) as caught:
        loaded([entry(rule="rds-must-fly", approver="data-platform"), entry(expires=date(2026, 2, 1))])
    assert len(caught.value.mistakes) == 3
    assert str(caught.value).splitlines()[0].endswith("exemptions.yaml: 3 mistakes; nothing was judged")


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        (URN, True),
        (URN.replace("dev", "*"), False),
        (URN.replace("reports", "rep*"), True),
        (URN.replace("reports", "rec*"), False),
        ("urn:*::*::*::[!~]*", False),
        (f"{DATABASE}/report", False),
        (f"{DATABASE}/[r]eports", False),
        (f"{DATABASE}/report?", False),
        (URN.replace("reports", "records"), False),
        (f"{DATABASE}/reports", True),
        (f"{DATABASE}/rep*", True),
        (f"{DATABASE}/REPORTS", False),
        ("aws:rds/cluster:Cluster/reports", False),
        ("campus:database:Postgres/reports", False),
    ],
)
def test_a_pattern_is_a_urn_or_a_type_and_a_name(pattern: str, matches: bool) -> None:  # noqa: FBT001  # a table's column
    assert Exemption.model_validate(entry(resource=pattern)).matches(URN) is matches


def test_a_name_may_have_colons_and_slashes() -> None:
    assert type_and_name("urn:pulumi:dev::p::aws:x/y:Y::a::b/c") == "aws:x/y:Y/a::b/c"
    assert type_and_name("no urn") == "no urn"


def test_an_exemption_holds_in_its_environments_only(loaded: Loaded) -> None:
    listed = loaded([entry(environments=["dev", "staging"])])
    assert [len(list(listed.for_run(Context(stack, dry_run=True)))) for stack in ("dev", "staging", "prod")] == [
        1,
        1,
        0,
    ]


def test_a_stack_of_another_name_has_no_exemptions(loaded: Loaded) -> None:
    assert list(loaded([entry(environments=["prod"])]).for_run(Context("pr-12", dry_run=True))) == []


def test_only_the_named_rule_is_excused(loaded: Loaded) -> None:
    listed = loaded([ENTRY])
    rules = policies()
    assert listed.find(rules[RULE], URN) is not None
    assert listed.find(rules["rds-must-not-be-public"], URN) is None


def test_an_exemption_without_a_resource_is_a_mistake_even_where_another_type_has_the_name(loaded: Loaded) -> None:
    listed = loaded([entry(resource="aws:s3/bucket:Bucket/reports"), ENTRY])
    resources = [
        Resource.from_properties("aws:s3/bucket:Bucket", {}, urn="urn:pulumi:dev::p::aws:s3/bucket:Bucket::reports"),
        Resource.from_properties(DATABASE, {}, urn=URN),
    ]
    ((exemption, policy),) = listed.unmatched(policies().values(), resources)
    assert policy.name == RULE
    assert exemption.resource == "aws:s3/bucket:Bucket/reports"


def test_exemptions_from_rules_of_another_pack_are_not_judged(loaded: Loaded) -> None:
    assert list(loaded([ENTRY]).unmatched([], [])) == []


def test_each_use_is_told_with_who_when_and_why_and_so_is_one_that_had_no_use(loaded: Loaded) -> None:
    used, idle = loaded([ENTRY, entry(resource=f"{DATABASE}/other")])
    text = describe_exempted([used, idle], [(used, Violation(policies()[RULE], URN, "none"))])
    assert text.splitlines() == [
        "exempted findings: 1",
        f"  {RULE}: {DATABASE}/reports: none (until 2026-03-15, security for data-platform: {ENTRY['reason']})",
        (
            f"  {RULE} on {DATABASE}/other: no finding in this run; remove the exemption unless you expect one at the "
            "update"
        ),
    ]
    assert describe_exempted([], []) == ""
