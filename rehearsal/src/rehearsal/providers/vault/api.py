"""Vault's HTTP interface by path: read, write, list, delete, with errors as one sentence."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import hvac
import requests
import tenacity
from requests.adapters import HTTPAdapter

from rehearsal.providers.protocol import ProviderError

Object = dict[str, Any]
"""Fields as Vault spells them (snake_case)."""

_UPGRADING = "Upgrading from non-versioned to versioned"
"""A fresh version-2 key-value store answers so for a moment."""

_UNRECOGNIZED = "unrecognized parameters"
_POOL = 32


class NothingThereError(ProviderError):
    """Vault has nothing at the path that was written to, e.g. because no engine is mounted there."""


class Endpoint(Protocol):
    """Where Vault listens; see `rehearsal.dataplanes.vault.VaultEndpoint`."""

    @property
    def address(self) -> str:
        """URL of Vault."""

    @property
    def token(self) -> str:
        """A token that may do everything."""


class Server(Protocol):
    """The rehearsal's Vault, started on first need; see `rehearsal.dataplanes.vault.VaultServer`."""

    def ensure(self) -> Endpoint:
        """A Vault that is up, initialised and unsealed."""


class VaultApi:
    """One Vault. Safe to use from many threads; close it when done. Raises ProviderError with what Vault says."""

    def __init__(self, endpoint: Endpoint, files: Path) -> None:
        self.address = endpoint.address
        self.files = files
        """Directory below which audit devices write: a program's paths are those of another machine."""
        self._session = requests.Session()
        # Vault is on this machine: a proxy of the environment is for the rest of the world.
        self._session.trust_env = False
        self._session.mount("http://", HTTPAdapter(pool_maxsize=_POOL))
        self._client = hvac.Client(url=endpoint.address, token=endpoint.token, session=self._session)

    def close(self) -> None:
        """Give up the connections."""
        self._session.close()

    def read(self, path: str, **query: Any) -> Object | None:
        """The `data` at a path; None when there is nothing."""
        response = self.response(path, **query)
        return None if response is None else _data(response)

    def response(self, path: str, **query: Any) -> Object | None:
        """All that is answered to a read, the lease included; None when there is nothing."""
        try:
            return self._request("get", path, params=query)
        except hvac.exceptions.InvalidPath:
            return None

    def write(self, path: str, body: Mapping[str, Any]) -> Object:
        """Create or update what is at a path; returns the `data` of the answer, `auth` for a new token."""
        try:
            response = self._request("post", path, json=dict(body))
        except hvac.exceptions.InvalidPath as error:
            raise NothingThereError(f"Vault has nothing at {path}: {_said(error)}") from error
        for warning in response.get("warnings") or ():
            if _UNRECOGNIZED in warning:
                raise ProviderError(f"Vault does not know an option of {path}: {warning}")
        return _data(response) or dict(response.get("auth") or {})

    def delete(self, path: str) -> None:
        """Remove what is at a path; that there is nothing is no error."""
        try:
            self._request("delete", path)
        except hvac.exceptions.InvalidPath:
            return

    def _request(self, method: str, path: str, **options: Any) -> Object:
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
            raise ProviderError(f"Vault refused {path}: {_said(error)}") from error
        except requests.RequestException as error:
            raise ProviderError(f"Vault does not answer ({type(error).__name__})") from error
        return response if isinstance(response, dict) else {}


def _said(error: hvac.exceptions.VaultError) -> str:
    return "; ".join(" ".join(str(line).split()) for line in error.errors or ()) or str(error)


def _data(response: Object) -> Object | None:
    data = response.get("data")
    return dict(data) if isinstance(data, dict) else None
