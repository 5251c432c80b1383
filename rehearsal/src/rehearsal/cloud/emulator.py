"""Emulated AWS: moto in this process, and a server for other processes.

boto3 in this process calls moto's backends directly. The server exposes the same state.
"""

import logging
import os
import sys
from types import TracebackType
from typing import Self

from rehearsal.cloud.engine_calls import Log, logged
from rehearsal.cloud.patches import Patches
from rehearsal.errors import RehearsalError
from rehearsal.peer import guard

DEFAULT_ACCOUNT = "123456789012"
_ACCOUNT_DIGITS = 12


class EmulatorError(RehearsalError):
    """Error that prevents moto from starting."""


class Emulator:
    """Emulated AWS of one rehearsal, served on a free port of 127.0.0.1.

    It starts empty, and its state is lost when it stops. A process runs at most one emulator at a time. While the
    emulator runs, the environment contains fake credentials. Can be used as a context manager.

    Moto reads the account ID from the environment when it is imported. Create the emulator before anything imports
    moto, or use the same account ID everywhere.
    """

    def __init__(self, account_id: str = DEFAULT_ACCOUNT) -> None:
        _check_account(account_id)
        self._environment = Patches()
        self._environment.update(
            os.environ,
            {
                "MOTO_ACCOUNT_ID": account_id,
                "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
                "AWS_EC2_METADATA_DISABLED": "true",
            },
        )
        from moto import mock_aws  # noqa: PLC0415  # moto reads the account id at import
        from moto.server import ThreadedMotoServer  # noqa: PLC0415  # for the same reason

        from rehearsal.cloud import speed_ups  # noqa: PLC0415  # for the same reason

        logging.getLogger("werkzeug").setLevel(logging.WARNING)  # otherwise it logs every request
        self._mock = mock_aws()
        self._mock.start()
        speed_ups.install(self._environment)
        self._server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        self._server.start()
        self._guard()
        self.account_id = account_id
        self.port = int(self._server.get_host_and_port()[1])

    def _guard(self) -> None:
        """Reject other users' requests. Moto offers no setting for a middleware."""
        server = self._server._server  # noqa: SLF001  # the same
        assert server is not None  # noqa: S101  # it was started
        server.app = guard(server.app)

    def log_engine_calls(self, log: Log) -> None:
        """Log the engine's calls from now on."""
        server = self._server._server  # noqa: SLF001  # as above
        assert server is not None  # noqa: S101  # it was started
        server.app = logged(server.app, log)

    @property
    def endpoint(self) -> str:
        """URL of the server (`AWS_ENDPOINT_URL`)."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """Delete all state and restore the environment. Data planes keep running."""
        self._server.stop()
        self._mock.stop()
        self._environment.undo()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _check_account(account_id: str) -> None:
    if not (account_id.isdecimal() and len(account_id) == _ACCOUNT_DIGITS):
        raise EmulatorError(f"{account_id!r} is not an AWS account id; use {_ACCOUNT_DIGITS} digits")
    imported = sys.modules.get("moto.core.models")
    if imported and account_id != imported.DEFAULT_ACCOUNT_ID:
        raise EmulatorError(
            f"moto was already imported for account {imported.DEFAULT_ACCOUNT_ID}, so it can't emulate {account_id}; "
            "create the Emulator before anything imports moto"
        )
