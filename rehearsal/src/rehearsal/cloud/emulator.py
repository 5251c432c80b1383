"""moto in this process: boto3 here meets its backends directly, other processes through a server on the same state."""

import logging
import os
import sys
from types import TracebackType
from typing import Self

from rehearsal.cloud.patches import Patches
from rehearsal.errors import RehearsalError

DEFAULT_ACCOUNT = "123456789012"
_ACCOUNT_DIGITS = 12


class EmulatorError(RehearsalError):
    """The emulated cloud can't be started; the message says why and what to do."""


class Emulator:
    """The emulated AWS of one rehearsal: empty, and listening on a free port of 127.0.0.1, as soon as it is made.

    One at a time per process; its state is lost when it stops. moto takes the account id from the environment when it
    is imported, so make the emulator before anything imports moto, or use the same account everywhere. While it runs,
    made-up credentials are in the environment. It is a context manager, too.
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
        from moto import mock_aws  # noqa: PLC0415  # only now: it reads the account id when it is imported
        from moto.server import ThreadedMotoServer  # noqa: PLC0415  # the same

        from rehearsal.cloud import shortcuts  # noqa: PLC0415  # the same

        logging.getLogger("werkzeug").setLevel(logging.WARNING)  # else every request is a line in the daemon's log
        self._mock = mock_aws()
        self._mock.start()
        shortcuts.take(self._environment)
        self._server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        self._server.start()
        self.account_id = account_id
        self.port = int(self._server.get_host_and_port()[1])

    @property
    def endpoint(self) -> str:
        """Where other processes reach it (`AWS_ENDPOINT_URL`)."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """Forget the cloud and give the environment back. Data planes are not touched."""
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
        raise EmulatorError(f"{account_id!r} is no AWS account id; it has {_ACCOUNT_DIGITS} digits")
    imported = sys.modules.get("moto.core.models")
    if imported and account_id != imported.DEFAULT_ACCOUNT_ID:
        raise EmulatorError(
            f"moto was already imported for account {imported.DEFAULT_ACCOUNT_ID}, so it can't emulate {account_id}; "
            "make the Emulator before anything imports moto"
        )
