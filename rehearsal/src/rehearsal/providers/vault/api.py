"""Thin client of Vault's HTTP API, which addresses objects by path."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import hvac
import requests
import tenacity
from requests.adapters import HTTPAdapter

from rehearsal.providers.protocol import ProviderError

VaultFields = dict[str, Any]
"""Fields of a request or response, by Vault's (snake_case) names."""

_UPGRADING = "Upgrading from non-versioned to versioned"
"""Temporary error of a new key-value store of version 2."""

_UNRECOGNIZED = "unrecognized parameters"
_POOL = 32


class PathNotFoundError(ProviderError):
    """Error of a write to a path that does not exist, e.g. outside any mount."""


class VaultAccess(Protocol):
    """URL and root token of Vault.

    `rehearsal.dataplanes.vault.VaultEndpoint` implements it.
    """

    @property
    def address(self) -> str:
        """URL of Vault."""

    @property
    def token(self) -> str:
        """Root token."""


class OnDemandVault(Protocol):
    """The Vault of the rehearsal, started on first use.

    `rehearsal.dataplanes.vault.VaultServer` implements it.
    """

    def ensure(self) -> VaultAccess:
        """Return an initialised and unsealed Vault. Start it if necessary."""


class VaultApi:
    """Client of one Vault. Thread-safe. Close it after use.

    Its methods raise ProviderError with Vault's message.
    """

    def __init__(self, endpoint: VaultAccess, files: Path) -> None:
        self.address = endpoint.address
        self.files = files
        """Directory for the files of audit devices, because the paths in the program are meant for another machine."""
        self._session = requests.Session()
        # Vault is on this machine, so ignore the proxies of the environment.
        self._session.trust_env = False
        self._session.mount("http://", HTTPAdapter(pool_maxsize=_POOL))
        self._client = hvac.Client(url=endpoint.address, token=endpoint.token, session=self._session)

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def read(self, path: str, **query: Any) -> VaultFields | None:
        """Return the `data` at a path, or None if the path does not exist."""
        response = self.response(path, **query)
        return None if response is None else _data(response)

    def response(self, path: str, **query: Any) -> VaultFields | None:
        """Return the whole response of a read, including the lease.

        Return None if the path does not exist.
        """
        try:
            return self._request("get", path, params=query)
        except hvac.exceptions.InvalidPath:
            return None

    def write(self, path: str, body: Mapping[str, Any]) -> VaultFields:
        """Write to a path and return the response's `data`, or `auth` for a new token."""
        try:
            response = self._request("post", path, json=dict(body))
        except hvac.exceptions.InvalidPath as error:
            raise PathNotFoundError(f"Vault has no path {path}: {_message(error)}") from error
        for warning in response.get("warnings") or ():
            if _UNRECOGNIZED in warning:
                raise ProviderError(f"Vault does not recognize an option of {path}: {warning}")
        return _data(response) or dict(response.get("auth") or {})

    def delete(self, path: str) -> None:
        """Delete a path. Succeeds if the path does not exist."""
        try:
            self._request("delete", path)
        except hvac.exceptions.InvalidPath:
            return

    def _request(self, method: str, path: str, **options: Any) -> VaultFields:
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(lambda error: _UPGRADING in str(error)),
            wait=tenacity.wait_fixed(0.2),
            stop=tenacity.stop_after_delay(30),
            reraise=True,
        )
        try:
            response = retrying(self._client.adapter.request, method, f"/v1/{path}", **options)
        except hvac.exceptions.InvalidPath:
            raise
        except hvac.exceptions.VaultError as error:
            raise ProviderError(f"Vault rejected {path}: {_message(error)}") from error
        except requests.RequestException as error:
            raise ProviderError(f"Vault does not respond ({type(error).__name__})") from error
        return response if isinstance(response, dict) else {}


def _message(error: hvac.exceptions.VaultError) -> str:
    return "; ".join(" ".join(str(line).split()) for line in error.errors or ()) or str(error)


def _data(response: VaultFields) -> VaultFields | None:
    data = response.get("data")
    return dict(data) if isinstance(data, dict) else None
