"""The real Vault grants people access only through the identity provider's groups."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

import hvac
import pytest
import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from rehearsal.dataplanes.vault import VaultServer
from rehearsal.home import Home
from rehearsal.processes import Supervisor
from tests.rehearsal.dataplanes.servers import binary
from tests.stacks.graph import Graph, record

pytestmark = pytest.mark.integration

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
"""Signing key of the test identity provider."""
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture(scope="module")
def staging() -> Graph:
    """Recorded program with the groups for Vault."""
    return record("staging")


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory, staging: Graph) -> Iterator[Any]:
    """Vault with the program's auth method for people, and a test identity provider.

    A sign-in in the browser would need a running identity provider. The role type `jwt` accepts its tokens directly.
    """
    home = Home(tmp_path_factory.mktemp("project"), "vault")
    home.make()
    supervisor = Supervisor(home)
    server = VaultServer(home, supervisor, binary)
    try:
        endpoint = server.ensure()
        with requests.Session() as session:
            client = hvac.Client(url=endpoint.address, token=endpoint.token, session=session)
            _configure(client, staging)
            yield client
    finally:
        server.stop()
        supervisor.stop_all(timeout=0)


def _configure(client: Any, graph: Graph) -> None:
    method = graph.one("vault.AuthBackend", "people")
    role = graph.one("vault:jwt/authBackendRole:AuthBackendRole", "people")
    client.sys.enable_auth_method(method["type"], path=method["path"])
    accessor = client.sys.list_auth_methods()["data"][f"{method['path']}/"]["accessor"]
    client.write_data(f"auth/{method['path']}/config", data={"jwt_validation_pubkeys": PUBLIC.decode()})
    claims = {claim: values.split(",") for claim, values in role["boundClaims"].items()}
    role_settings = {"user_claim": role["userClaim"], "groups_claim": role["groupsClaim"], "bound_claims": claims}
    jwt_role = {
        **role_settings,
        "role_type": "jwt",
        "bound_audiences": ["vault"],
        "token_max_ttl": int(role["tokenMaxTtl"]),
    }
    client.write_data(f"auth/{method['path']}/role/{role['roleName']}", data=jwt_role)
    for group in graph.all("vault:identity/group:Group"):
        created = client.write_data(
            "identity/group", data={"name": group["name"], "type": group["type"], "policies": group["policies"]}
        )
        alias = next(
            each for each in graph.all("vault:identity/groupAlias:GroupAlias") if each["canonicalId"] == group.id
        )
        alias_data = {"name": alias["name"], "mount_accessor": accessor, "canonical_id": created["data"]["id"]}
        client.write_data("identity/group-alias", data=alias_data)


def _sign_in(vault: Any, *groups: str) -> list[str]:
    """Return the policies of a person in these groups of the identity provider."""
    now = int(time.time())
    claims = {"email": "somebody@campus.example", "sub": "1", "aud": "vault", "groups": groups}
    parts = ({"alg": "RS256"}, {**claims, "iat": now, "exp": now + 300})
    text = b".".join(_encoded(json.dumps(part).encode()) for part in parts)
    token = text + b"." + _encoded(KEY.sign(text, padding.PKCS1v15(), hashes.SHA256()))
    answer = vault.adapter.post("/v1/auth/oidc/login", json={"role": "people", "jwt": token.decode()})
    policies: list[str] = answer["auth"]["identity_policies"]
    return policies


def _encoded(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


@pytest.mark.parametrize(("group", "policy"), [("campus:qa", "viewer"), ("campus:tech-lead", "developer")])
def test_group_member_has_the_policy_of_its_role(vault: Any, group: str, policy: str) -> None:
    assert _sign_in(vault, group, "another company's group") == [policy]


def test_user_outside_the_environments_groups_cannot_sign_in(vault: Any) -> None:
    with pytest.raises(hvac.exceptions.InvalidRequest, match="does not match any associated bound claim values"):
        _sign_in(vault, "campus:on-call")


def test_leaving_a_group_removes_its_policy_at_the_next_sign_in(vault: Any) -> None:
    assert _sign_in(vault, "campus:qa", "campus:tech-lead") == ["developer", "viewer"]
    assert _sign_in(vault, "campus:qa") == ["viewer"]
