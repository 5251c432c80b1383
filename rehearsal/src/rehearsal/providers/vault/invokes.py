"""Function calls of the `vault` provider that the emulated provider answers."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from rehearsal.providers.protocol import ProviderError
from rehearsal.providers.values import Properties
from rehearsal.providers.vault.api import Object, VaultApi
from rehearsal.providers.vault.key_value import store, texts
from rehearsal.providers.vault.policy_document import document_id, render

Client = Callable[[], VaultApi]


def answer(token: str, args: Properties, client: Client) -> Properties:
    """The function's result; ProviderError for a function that is not implemented. Vault is started only if needed."""
    function = _FUNCTIONS.get(token)
    if function is None:
        raise ProviderError(
            f"{token} is not implemented by the emulated provider; it answers {', '.join(sorted(_FUNCTIONS))}"
        )
    return {**args, **function(args, client)}


def _policy_document(args: Properties, client: Client) -> Properties:
    del client  # it is only text
    rules = args.get("rules") or []
    text = render(rules)
    return {"hcl": text, "id": document_id(text), "rules": rules}


def _secret(args: Properties, client: Client) -> Properties:
    """Anything that can be read: a secret, or credentials with a lease."""
    api, wanted = client(), str(args["path"]).strip("/")
    path, versioned = store(api, wanted, "data")
    query = {"version": args["version"]} if versioned and args.get("version", -1) >= 0 else {}
    response = _found(api.response(path, **query), wanted)
    data = response.get("data") or {}
    secret = (data.get("data") or {}) if versioned else data
    return {
        **_contents(secret),
        "id": wanted,
        "leaseId": response.get("lease_id", ""),
        "leaseDuration": response.get("lease_duration", 0),
        "leaseRenewable": response.get("renewable", False),
        "leaseStartTime": datetime.now(UTC).isoformat(timespec="seconds") if args.get("withLeaseStartTime") else "",
    }


def _plain_secret(args: Properties, client: Client) -> Properties:
    path = str(args["path"]).strip("/")
    response = _found(client().response(path), path)
    return {
        **_contents(response.get("data") or {}),
        "id": path,
        "leaseId": response.get("lease_id", ""),
        "leaseDuration": response.get("lease_duration", 0),
        "leaseRenewable": response.get("renewable", False),
    }


def _versioned_secret(args: Properties, client: Client) -> Properties:
    path = f"{str(args['mount']).strip('/')}/data/{str(args['name']).strip('/')}"
    query = {"version": args["version"]} if args.get("version") else {}
    found = _found(client().read(path, **query), path)
    metadata = found.get("metadata") or {}
    return {
        **_contents(found.get("data") or {}),
        "id": path,
        "path": path,
        "createdTime": metadata.get("created_time", ""),
        "customMetadata": metadata.get("custom_metadata") or {},
        "deletionTime": metadata.get("deletion_time", ""),
        "destroyed": metadata.get("destroyed", False),
        "version": metadata.get("version", 0),
    }


def _auth_backend(args: Properties, client: Client) -> Properties:
    path = str(args["path"]).strip("/")
    found = _found((client().read("sys/auth") or {}).get(f"{path}/"), f"auth/{path}")
    config = found.get("config") or {}
    return {
        "id": path,
        "accessor": found["accessor"],
        "type": found["type"],
        "description": found.get("description", ""),
        "local": found.get("local", False),
        "defaultLeaseTtlSeconds": config.get("default_lease_ttl", 0),
        "maxLeaseTtlSeconds": config.get("max_lease_ttl", 0),
        "listingVisibility": config.get("listing_visibility", ""),
    }


def _role_id(args: Properties, client: Client) -> Properties:
    backend, role = str(args.get("backend") or "approle").strip("/"), args["roleName"]
    path = f"auth/{backend}/role/{role}/role-id"
    return {"id": path, "backend": backend, "roleId": _found(client().read(path), path)["role_id"]}


def _found(response: Object | None, path: str) -> Object:
    if response is None:
        raise ProviderError(f"no secret found at {path!r} in the rehearsal's Vault")
    return response


def _contents(secret: Mapping[str, Any]) -> Properties:
    return {"data": texts(secret), "dataJson": json.dumps(secret, sort_keys=True, separators=(",", ":"))}


_FUNCTIONS: Mapping[str, Callable[[Properties, Client], Properties]] = {
    "vault:appRole/getAuthBackendRoleId:getAuthBackendRoleId": _role_id,
    "vault:generic/getSecret:getSecret": _secret,
    "vault:index/getAuthBackend:getAuthBackend": _auth_backend,
    "vault:index/getPolicyDocument:getPolicyDocument": _policy_document,
    "vault:kv/getSecret:getSecret": _plain_secret,
    "vault:kv/getSecretV2:getSecretV2": _versioned_secret,
}
