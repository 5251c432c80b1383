"""Validation of teams and services."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from stacks.loading import load_file
from stacks.requirements import Environment
from stacks.validation.delivery import MAX_SERVICE_NAME
from tests.stacks.graph import PROJECT
from tests.stacks.test_settings import _mistakes, project

__all__ = ["project"]

REGISTRY = "555566667777.dkr.ecr.us-east-1.amazonaws.com"
SHARED = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"]


def changed(group: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Return a group of Pulumi.yaml with changed dotted keys; `...` removes a key."""
    content = deepcopy(SHARED[f"campus-safety:{group}"]["value"])
    for dotted, value in changes.items():
        *above, last = dotted.split(".")
        target = content
        for key in above:
            target = target[key]
        if value is ...:
            del target[last]
        else:
            target[last] = value
    return {group: content}


def alerts(**other: Any) -> dict[str, Any]:
    """Return the service `alerts` with some values changed."""
    return {**SHARED["campus-safety:services"]["value"]["alerts"], **other}


KEYS: dict[str, tuple[str, dict[str, Any], str]] = {
    "text where a number is expected": (
        "services",
        {"alerts.port": "8080"},
        "services.alerts.port must be a whole number, not '8080'",
    ),
    "unknown key of a service": (
        "services",
        {"alerts.prot": 8080},
        "services.alerts.prot unknown key; did you mean port?",
    ),
    "missing key of a service": (
        "services",
        {"alerts.healthPath": ...},
        "services.alerts.healthPath is missing; every environment must set it",
    ),
    "unknown priority": (
        "services",
        {"alerts.priority": "urgent"},
        "services.alerts.priority must be 'safety-critical', 'standard' or 'batch', not 'urgent'",
    ),
    "image with a moving tag": (
        "services",
        {"alerts.image": f"{REGISTRY}/campus/alerts:latest"},
        (
            f"services.alerts.image {REGISTRY}/campus/alerts:latest is not pinned; "
            "use a version (:1.4.0) or a digest (@sha256:…), never latest"
        ),
    ),
    "image without a version": (
        "services",
        {"alerts.image": f"{REGISTRY}/campus/alerts"},
        (
            f"services.alerts.image {REGISTRY}/campus/alerts is not pinned; "
            "use a version (:1.4.0) or a digest (@sha256:…), never latest"
        ),
    ),
    "image of another registry": (
        "services",
        {"alerts.image": "nginx:1.29"},
        (
            "services.alerts.image 'nginx:1.29' is not an image of our own registry "
            "(<account>.dkr.ecr.<region>.amazonaws.com/…)"
        ),
    ),
    "service name": (
        "services",
        {"Alerts": alerts()},
        "services.Alerts 'Alerts' is not a name of lower-case letters, digits and hyphens",
    ),
    "unknown pod security level": (
        "teams",
        {"ml-platform.podSecurity": "privileged"},
        "teams.ml-platform.podSecurity must be 'baseline' or 'restricted', not 'privileged'",
    ),
    "machines of an unknown workload": (
        "teams",
        {"ml-platform.machines": ["gaming"]},
        "teams.ml-platform.machines.0 must be 'services', 'batch' or 'training', not 'gaming'",
    ),
    "repository without a trailing slash": (
        "teams",
        {"ml-platform.imageRepositories": [f"{REGISTRY}/ml/", f"{REGISTRY}/ml"]},
        (
            f"teams.ml-platform.imageRepositories.1 '{REGISTRY}/ml' is not a repository of our own registry "
            "that ends with a slash (<account>.dkr.ecr.<region>.amazonaws.com/…/)"
        ),
    ),
    "no repository": (
        "teams",
        {"ml-platform.imageRepositories": []},
        "teams.ml-platform.imageRepositories has too few entries (0; the minimum is 1)",
    ),
}
LONG = "a" * (MAX_SERVICE_NAME + 1)
TOGETHER: dict[str, tuple[str, dict[str, Any], str]] = {
    "unknown team": (
        "services",
        {"alerts.team": "students-safety"},
        "services.alerts.team students-safety is not one of the teams (ml-platform, student-safety)",
    ),
    "image of another team": (
        "services",
        {"alerts.image": f"{REGISTRY}/ml/alerts:1.0.0"},
        (
            f"services.alerts.image {REGISTRY}/ml/alerts:1.0.0 is not in an image repository of student-safety "
            f"({REGISTRY}/campus/, {REGISTRY}/add-ons/)"
        ),
    ),
    "a colour of another service": (
        "services",
        {"alerts-canary": alerts()},
        "services.alerts-canary is also the name of a Kubernetes Service of services.alerts; rename one of them",
    ),
    "the standby of another service": (
        "services",
        {"alerts-dr": alerts()},
        "services.alerts-dr is also the name of services.alerts in the DR region; rename one of them",
    ),
    "an existing service account": (
        "services",
        {"ci-cd": alerts()},
        "services.ci-cd is the name of a service account that every namespace has; rename the service",
    ),
    "a container of the injector": (
        "services",
        {"vault-agent": alerts()},
        "services.vault-agent is the name of a container that Vault's injector adds to pods; rename the service",
    ),
    "an agent outside the team's repositories": (
        "teams",
        {"student-safety.imageRepositories": [f"{REGISTRY}/campus/"]},
        (
            f"vault.agentImage {REGISTRY}/add-ons/vault:1.21.1 is not in an image repository of student-safety "
            f"({REGISTRY}/campus/)"
        ),
    ),
    "a name too long for a role": (
        "services",
        {LONG: alerts()},
        f"services.{LONG} is longer than 38 characters, so the service's IAM role name would be too long",
    ),
    "a namespace of Kubernetes": (
        "teams",
        {"kube-system": SHARED["campus-safety:teams"]["value"]["student-safety"]},
        "teams.kube-system is a reserved namespace; rename the team",
    ),
    "machines charged to two teams": (
        "teams",
        {"student-safety.machines": ["training"]},
        (
            "teams.student-safety.machines training is also in teams.ml-platform.machines; "
            "only one team can pay for a node group"
        ),
    ),
    "a team with an empty quota": (
        "teams",
        {"ml-platform.jobPods": 0},
        "teams.ml-platform.jobPods 0 leaves an empty quota, because the team has no service; set at least 1",
    ),
}


@pytest.mark.parametrize(("group", "changes", "line"), KEYS.values(), ids=KEYS)
def test_an_invalid_key_of_a_team_or_service_is_reported(
    project: Path,
    group: str,
    changes: dict[str, Any],
    line: str,
) -> None:
    assert _mistakes(project, "dev", changed(group, changes)) == [line]


@pytest.mark.parametrize(("group", "changes", "line"), TOGETHER.values(), ids=TOGETHER)
def test_inconsistent_teams_and_services_are_reported(
    project: Path,
    group: str,
    changes: dict[str, Any],
    line: str,
) -> None:
    assert _mistakes(project, "prod", changed(group, changes)) == [line]


@pytest.mark.parametrize("environment", Environment)
def test_every_environment_has_the_same_teams_and_services(environment: str) -> None:
    settings = load_file(PROJECT, environment)
    assert list(settings.teams) == ["student-safety", "ml-platform"]
    assert settings.hosts == {"alerts": f"alerts.{settings.domain}"}
    assert {team: list(services) for team, services in settings.services_by_team.items()} == {
        "student-safety": ["alerts"],
        "ml-platform": [],
    }
