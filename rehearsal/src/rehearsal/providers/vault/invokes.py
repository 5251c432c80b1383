"""Functions of the emulated `vault` provider."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from rehearsal.providers.protocol import ProviderError
from rehearsal.providers.values import Properties
from rehearsal.providers.vault.api import VaultApi, VaultFields
from rehearsal.providers.vault.key_value import as_strings, secret_path
from rehearsal.providers.vault.policy_document import document_id, render_hcl

Client = Callable[[], VaultApi]


def run_function(token: str, args: Properties, client: Client) -> Properties:
    """Run a function and return its result.

    Starts Vault only if the function needs it.

    Raises:
        ProviderError: the function is not supported or failed.
    """
    function = _FUNCTIONS.get(token)
    if function is None:
        raise ProviderError(
            f"{token} is not supported by the emulated provider; it supports {', '.join(sorted(_FUNCTIONS))}"
        )
    return {**args, **function(args, client)}


def _policy_document(args: Properties, client: Client) -> Properties:
    del client  # the function only renders text
    rules = args.get("rules") or []
    text = render_hcl(rules)
    return {"hcl": text, "id": document_id(text), "rules": rules}


def _secret(args: Properties, client: Client) -> Properties:
    """Read any path that contains a secret or credentials with a lease."""
    api, logical_path = client(), str(args["path"]).strip("/")
    path, versioned = secret_path(api, logical_path, "data")
    query = {"version": args["version"]} if versioned and args.get("version", -1) >= 0 else {}
    response = _found(api.response(path, **query), logical_path)
    data = response.get("data") or {}
    secret = (data.get("data") or {}) if versioned else data
    return {
        **_contents(secret),
        "id": logical_path,
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
    secret = _found(client().read(path, **query), path)
    metadata = secret.get("metadata") or {}
    return {
        **_contents(secret.get("data") or {}),
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
    mount = _found((client().read("sys/auth") or {}).get(f"{path}/"), f"auth/{path}")
    config = mount.get("config") or {}
    return {
        "id": path,
        "accessor": mount["accessor"],
        "type": mount["type"],
        "description": mount.get("description", ""),
        "local": mount.get("local", False),
        "defaultLeaseTtlSeconds": config.get("default_lease_ttl", 0),
        "maxLeaseTtlSeconds": config.get("max_lease_ttl", 0),
        "listingVisibility": config.get("listing_visibility", ""),
    }


def _role_id(args: Properties, client: Client) -> Properties:
    backend, role = str(args.get("backend") or "approle").strip("/"), args["roleName"]
    path = f"auth/{backend}/role/{role}/role-id"
    return {"id": path, "backend": backend, "roleId": _found(client().read(path), path)["role_id"]}


def _found(response: VaultFields | None, path: str) -> VaultFields:
    if response is None:
        raise ProviderError(f"no secret found at {path!r} in the rehearsal's Vault")
    return response


def _contents(secret: Mapping[str, Any]) -> Properties:
    return {"data": as_strings(secret), "dataJson": json.dumps(secret, sort_keys=True, separators=(",", ":"))}


_FUNCTIONS: Mapping[str, Callable[[Properties, Client], Properties]] = {
    "vault:appRole/getAuthBackendRoleId:getAuthBackendRoleId": _role_id,
    "vault:generic/getSecret:getSecret": _secret,
    "vault:index/getAuthBackend:getAuthBackend": _auth_backend,
    "vault:index/getPolicyDocument:getPolicyDocument": _policy_document,
    "vault:kv/getSecret:getSecret": _plain_secret,
    "vault:kv/getSecretV2:getSecretV2": _versioned_secret,
}
