"""The real Vault grants each role and service exactly its policy."""

import json
from collections.abc import Iterator
from typing import Any

import hvac
import pytest
import requests

from rehearsal.dataplanes.vault import VaultServer
from rehearsal.home import Home
from rehearsal.processes import Supervisor
from tests.rehearsal.dataplanes.servers import binary
from tests.stacks.graph import Graph, record

pytestmark = pytest.mark.integration

ADDRESS = "secret/data/{}/database/postgres"
READ_ONLY, READ_WRITE = "database/creds/records-read-only", "database/creds/records-read-write"
OWN = "secret/data/{}/services/alerts"
PATHS = {"address": ADDRESS, "read-only": READ_ONLY, "read-write": READ_WRITE, "own": OWN}
GRANTED = {
    ("staging", "viewer"): {"address"},
    ("staging", "developer"): {"address", "read-only"},
    ("prod", "on-call"): {"address", "read-only", "read-write"},
    ("staging", "ci-cd-policy"): {"address", "read-write"},
    ("prod", "service-alerts"): {"address", "read-write", "own"},
}
DENIED = ("sys/policies/acl/on-call", "sys/audit", "secret/metadata/prod", "auth/token/create", "identity/group/id")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Vault client with the root token."""
    home = Home(tmp_path_factory.mktemp("project"), "vault")
    home.make()
    supervisor = Supervisor(home)
    server = VaultServer(home, supervisor, binary)
    try:
        endpoint = server.ensure()
        with requests.Session() as session:
            yield hvac.Client(url=endpoint.address, token=endpoint.token, session=session)
    finally:
        server.stop()
        supervisor.stop_all(timeout=0)


@pytest.fixture(scope="module")
def graphs() -> dict[str, Graph]:
    """Recorded environments with the policies for Vault."""
    return {environment: record(environment) for environment in ("staging", "prod")}


def capabilities(root: Any, policy: str, path: str) -> list[str]:
    """Return the capabilities that a token with only this policy has on a path."""
    token = root.auth.token.create(policies=[policy], no_default_policy=True, ttl="5m")["auth"]["client_token"]
    answer = root.adapter.post("/v1/sys/capabilities", json={"token": token, "paths": [path]})
    granted: list[str] = answer[path]
    return granted


@pytest.mark.parametrize(("environment", "policy"), GRANTED, ids=str)
def test_policy_grants_only_its_paths(root: Any, graphs: dict[str, Graph], environment: str, policy: str) -> None:
    text = next(each for each in graphs[environment].all("vault.Policy") if each["name"] == policy)["policy"]
    root.sys.create_or_update_policy(policy, text)
    readable = {
        name for name, path in PATHS.items() if capabilities(root, policy, path.format(environment)) == ["read"]
    }
    assert readable == GRANTED[environment, policy]
    for path in (*DENIED, OWN.format(environment).replace("alerts", "reports")):
        assert capabilities(root, policy, path) == ["deny"], json.dumps([policy, path])


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_policies_grant_nothing_of_another_environment(root: Any, graphs: dict[str, Graph], environment: str) -> None:
    other = {"staging": "prod", "prod": "staging"}[environment]
    for policy in graphs[environment].all("vault.Policy"):
        name = f"{environment}-{policy['name']}"
        root.sys.create_or_update_policy(name, policy["policy"])
        assert capabilities(root, name, ADDRESS.format(other)) == ["deny"]
        assert capabilities(root, name, OWN.format(other)) == ["deny"]
