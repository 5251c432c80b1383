"""Policy packs in the real engine: deferral, exemptions and configuration.

Each test runs a small program with only the rules under test enabled, so that no other rule affects the result.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.daemon import DaemonInfo
from rehearsal.home import Home
from tests.integration.conftest import Checkout, copy

pytestmark = pytest.mark.integration

FIRST = "import pulumi_aws as aws\n\nfirst = aws.s3.Bucket('first')\n"
LATER = "first.arn.apply(lambda _: {})"
"""A value that is unknown before the update."""
VIOLATIONS: Mapping[str, tuple[str, str, str, str]] = {
    "security": ("kms-must-rotate-keys", "aws:kms/key:Key", "aws.kms.Key('bad', enable_key_rotation={})", "False"),
    "tagging": (
        "tags-must-match-environment",
        "aws:kms/key:Key",
        "aws.kms.Key('bad', tags={{'environment': {}}})",
        "'prod'",
    ),
    "cost": (
        "cost-must-cap-instance-price",
        "aws:ec2/launchTemplate:LaunchTemplate",
        "aws.ec2.LaunchTemplate('bad', instance_type={})",
        "'m6i.32xlarge'",
    ),
}
"""Pack → (rule, type and source code of a resource that violates the rule, the violating value)."""
KEY = "aws:kms/key:Key"


@dataclass(frozen=True)
class Play:
    """A project with one program, rehearsed as stack dev with the checkout's packs."""

    checkout: Checkout
    project: Path

    def program(self, *lines: str) -> None:
        (self.project / "__main__.py").write_text("\n".join((FIRST, *lines, "")))

    def exempt(self, *entries: Mapping[str, Any]) -> None:
        (self.checkout.root / "policy_packs" / "exemptions.yaml").write_text(yaml.safe_dump([dict(e) for e in entries]))

    def up(self) -> subprocess.CompletedProcess[str]:
        return self.checkout.ops("rehearse", "up", "dev", "--project", str(self.project), check=False)

    def only(self, *rules: str, **settings: Any) -> None:
        self.configure({"all": "disabled", **dict.fromkeys(rules, "mandatory"), **settings})

    def configure(self, configuration: Any) -> None:
        (self.project / "packs.json").write_text(json.dumps(configuration))

    def preview(self, packs: str = "policy_packs") -> subprocess.CompletedProcess[str]:
        ops = f"{self.checkout.environment()['PYTHONPATH']}/.venv/bin/python -m operations"
        script = (
            f'eval "$({ops} rehearse env dev --project {self.project})" && '
            "unset PULUMI_OPTION_POLICY_PACK PULUMI_OPTION_POLICY_PACK_CONFIG && "
            f"pulumi preview --stack dev --non-interactive --policy-pack {self.checkout.root / packs} "
            f"--policy-pack-config {self.project / 'packs.json'}"
        )
        return subprocess.run(
            ["/bin/sh", "-c", script],
            cwd=self.checkout.root,
            env=self.checkout.environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    def resources(self) -> list[tuple[str, str]]:
        """Return types and URNs of the state's resources, except providers and the stack."""
        daemon = DaemonInfo.load(Home(self.project, "dev"))
        resources = daemon.control.call("deployment")["resources"] if daemon else []
        return sorted((each["type"], each["urn"]) for each in resources if not each["type"].startswith("pulumi:"))

    def resource_types(self) -> list[str]:
        """Return the resource types in the state, except providers and the stack."""
        return [kind for kind, _ in self.resources()]


@pytest.fixture(scope="module")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    root = tmp_path_factory.mktemp("policies")
    checkout = copy(root / "platform")
    project = root / "play"
    project.mkdir()
    (project / "Pulumi.yaml").write_text("name: play\nruntime: python\n")
    (project / "policy_packs").symlink_to(checkout.root / "policy_packs")
    play = Play(checkout, project)
    yield play
    checkout.ops("rehearse", "down", "dev", "--project", str(project))


@pytest.fixture
def play(playground: Play, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Playground with the first resource, no exemptions and all rules off."""
    monkeypatch.setenv("PULUMI_OPTION_POLICY_PACK_CONFIG", str(playground.project / "packs.json"))
    playground.exempt()
    playground.only()
    playground.program()
    if [urn.rpartition("::")[2] for _, urn in playground.resources()] != ["first"]:
        created = playground.up()
        assert created.returncode == 0, created.stdout + created.stderr
    return playground


def shown(kind: str) -> str:
    """Return a type as the engine prints it: `aws:kms/key:Key` as aws:kms:Key."""
    package, module, name = kind.split(":")
    return f"{package}:{module.partition('/')[0]}:{name}"


def exemption(**changes: Any) -> dict[str, Any]:
    today = datetime.now(UTC).date()
    return {
        "rule": "kms-must-rotate-keys",
        "resource": f"{KEY}/bad",
        "environments": ["dev"],
        "reason": "signs nothing yet",
        "owner": "platform",
        "approver": "security",
        "granted": today - timedelta(days=30),
        "expires": today + timedelta(days=30),
        **changes,
    }


@pytest.mark.parametrize("pack", VIOLATIONS)
def test_known_violation_is_blocked_at_preview_by_its_pack_alone(play: Play, pack: str) -> None:
    rule, kind, resource, value = VIOLATIONS[pack]
    play.only(rule)
    play.program(resource.format(value))
    result = play.preview(f"policy_packs/{pack}")
    assert result.returncode != 0
    assert f"{rule}  ({shown(kind)}: bad)" in result.stdout
    assert play.up().returncode == 1
    assert kind not in play.resource_types()


@pytest.mark.parametrize("pack", VIOLATIONS)
def test_violation_known_only_at_update_is_deferred_then_blocked(play: Play, pack: str) -> None:
    rule, kind, resource, value = VIOLATIONS[pack]
    play.only(rule)
    # The bucket is replaced, so its outputs are unknown before the update.
    play.program("first = aws.s3.Bucket('second')", resource.format(LATER.format(value)))
    result = play.preview()
    assert result.returncode == 0, result.stdout
    assert f"{rule}: bad (" in result.stdout
    blocked = play.up()
    assert blocked.returncode == 1
    assert rule in blocked.stdout
    assert kind not in play.resource_types()
    assert "aws:s3/bucket:Bucket" in play.resource_types()


def test_exempted_finding_passes_and_is_reported_with_approver_and_expiry(play: Play) -> None:
    rule, kind, resource, value = VIOLATIONS["security"]
    play.only(rule)
    play.program(resource.format(value))
    play.exempt(exemption())
    result = play.preview()
    assert result.returncode == 0, result.stdout
    assert "exempted findings: 1" in result.stdout
    assert f"{rule}: {kind}/bad: enable_key_rotation is not on" in result.stdout
    assert "security for platform: signs nothing yet" in result.stdout
    assert play.up().returncode == 0
    assert kind in play.resource_types()
    play.exempt()
    assert play.preview().returncode != 0


INVALID_EXEMPTIONS: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "expired": ({"expires": datetime.now(UTC).date() - timedelta(days=1)}, "expired on"),
    "too long": ({"expires": datetime.now(UTC).date() + timedelta(days=61)}, "the latest allowed date is"),
    "of an unknown rule": ({"rule": "kms-must-fly"}, "unknown rule"),
    "approved by its owner": ({"approver": "platform"}, "is both owner and approver"),
    "malformed": ({"granted": "soon"}, "granted: must be a date such as 2026-11-24"),
    "without a resource": ({"resource": f"{KEY}/gone"}, "matches no resource of this run. Correct or remove it"),
}


@pytest.mark.parametrize("mistake", INVALID_EXEMPTIONS)
def test_invalid_exemption_fails_the_run_in_one_line(play: Play, mistake: str) -> None:
    changes, message = INVALID_EXEMPTIONS[mistake]
    rule, kind, resource, value = VIOLATIONS["security"]
    play.only(rule)
    play.program(resource.format(value))
    play.exempt(exemption(**changes))
    result = play.up()
    assert result.returncode == 1
    assert sum(message in line for line in (result.stdout + result.stderr).splitlines()) == 1, (
        result.stdout + result.stderr
    )
    assert "Traceback" not in result.stdout + result.stderr
    assert kind not in play.resource_types()


CONFIGURATIONS = {
    "an unknown rule": ({"kms-must-fly": "advisory"}, "kms-must-fly: unknown rule"),
    "an unknown setting": (
        {"cost-must-cap-instance-price": {"monthlyUSD": {"dev": 1}}},
        "cost-must-cap-instance-price.monthlyUSD: unknown setting; the rule's settings are: monthlyUsd",
    ),
    "an unknown environment": (
        {"cost-must-cap-instance-price": {"monthlyUsd": {"qa": 1}}},
        "cost-must-cap-instance-price: monthlyUsd: Additional property qa is not allowed",
    ),
    "no number": (
        {"cost-must-cap-instance-price": {"monthlyUsd": {"dev": "much"}}},
        "cost-must-cap-instance-price: monthlyUsd.dev: Invalid type. Expected: number, given: string",
    ),
    "too low a number": (
        {"rds-must-keep-backups": {"minimumDays": {"dev": -1}}},
        "rds-must-keep-backups: minimumDays.dev: Must be greater than or equal to 0",
    ),
    "a number for all environments": (
        {"cost-must-cap-instance-price": {"monthlyUsd": 100}},
        "cost-must-cap-instance-price: monthlyUsd: Invalid type. Expected: object, given: integer",
    ),
    "no list": (
        {"tags-must-name-a-known-team": {"projects": "campus"}},
        "tags-must-name-a-known-team: projects: Invalid type. Expected: array, given: string",
    ),
    "a baseline of an unknown environment": (
        {"cost-must-not-grow-past-the-baseline": {"baselineUsd": {"qa": {"aws:kms/key:Key": 1}}}},
        "cost-must-not-grow-past-the-baseline: baselineUsd: Additional property qa is not allowed",
    ),
    "an unknown level": ({"kms-must-rotate-keys": "advice"}, '"advice" is not a valid enforcement level'),
}


@pytest.mark.parametrize("mistake", CONFIGURATIONS)
def test_invalid_configuration_blocks_in_one_line(play: Play, mistake: str) -> None:
    configuration, message = CONFIGURATIONS[mistake]
    play.configure(configuration)
    result = play.preview()
    assert result.returncode != 0
    assert message in result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr


def test_a_type_without_rules_is_blocked_and_components_pass(play: Play) -> None:
    """The rule applies to all resources except components and providers.

    Components and providers are recognized because, unlike all other resources, they have no provider.
    """
    rule, kind = "resource-types-must-be-reviewed", "aws:lightsail/keyPair:KeyPair"
    play.only(rule)
    component = "shop = pulumi.ComponentResource('shop:index:Shop', 'shop')"
    child = "aws.sqs.Queue('orders', opts=pulumi.ResourceOptions(parent=shop))"
    program = ("import pulumi", component, child)
    play.program(*program)
    passed = play.up()
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert {"shop:index:Shop", "aws:sqs/queue:Queue"} <= set(play.resource_types())
    play.program(*program, "aws.lightsail.KeyPair('bad', opts=pulumi.ResourceOptions(parent=shop))")
    blocked = play.preview()
    assert blocked.returncode != 0
    assert f"{rule}  ({shown(kind)}: bad)" in blocked.stdout
    assert play.up().returncode == 1
    assert kind not in play.resource_types()
    play.configure({"all": "disabled", rule: {"enforcementLevel": "mandatory", "reviewedTypes": {kind: "a test"}}})
    accepted = play.preview()
    assert accepted.returncode == 0, accepted.stdout
    play.configure({"all": "disabled", rule: {"enforcementLevel": "mandatory", "reviewedTypes": {"aws:*": "a test"}}})
    refused = play.preview()
    assert refused.returncode != 0
    assert "reviewedTypes" in refused.stdout + refused.stderr


def test_packs_use_the_configuration_of_the_stack(play: Play) -> None:
    """Settings from the project file (teams) and the stack file (data class) apply."""
    project, stack = play.project / "Pulumi.yaml", play.project / "Pulumi.dev.yaml"
    before = project.read_text(), stack.read_text() if stack.exists() else ""
    rules = ("tags-must-name-a-known-team", "tags-must-match-data-class")
    play.only(*rules)
    play.program("aws.kms.Key('it', tags={'project': 'play', 'team': 'web', 'data-classification': 'public'})")
    try:
        refused = play.preview()
        assert refused.returncode != 0
        assert all(f"{rule}  (" in refused.stdout for rule in rules), refused.stdout
        teams = {"play:teams": {"value": {"web": {"costCentre": "cc-1"}}}}
        project.write_text(yaml.safe_dump({**yaml.safe_load(before[0]), "config": teams}))
        content = yaml.safe_load(before[1]) or {}
        config = {**content.get("config", {}), "play:data": {"classification": "public"}}
        stack.write_text(yaml.safe_dump({**content, "config": config}))
        accepted = play.preview()
        assert accepted.returncode == 0, accepted.stdout
    finally:
        project.write_text(before[0])
        stack.write_text(before[1])


def test_enforcement_level_and_limit_are_configurable(play: Play) -> None:
    rule, kind, resource, value = VIOLATIONS["cost"]
    play.program(resource.format(value))
    play.configure({"all": "disabled", rule: "advisory"})
    result = play.preview()
    assert result.returncode == 0
    assert f"[advisory] [severity: medium]  {rule}  ({shown(kind)}: bad)" in result.stdout
    play.configure({"all": "disabled", rule: {"enforcementLevel": "mandatory", "monthlyUsd": {"dev": 9000}}})
    assert play.preview().returncode == 0
