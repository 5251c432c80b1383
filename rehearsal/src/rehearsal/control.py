"""Control API of the daemon over loopback HTTP: server and client."""

import hmac
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, request
from werkzeug.serving import BaseWSGIServer, make_server

from rehearsal.errors import RehearsalError
from rehearsal.peer import guard

JsonObject = dict[str, Any]


class ControlError(RehearsalError):
    """The daemon does not answer or rejects a call; the message says what to do."""


def serve(operations: Mapping[str, Callable[[JsonObject], JsonObject]], token: str) -> tuple[BaseWSGIServer, int]:
    """Serve each operation as `POST /<name>` on a free loopback port.

    Return the server and its port. The request body is the operation's argument in JSON. Every request needs the
    token, because other users of the machine can reach the port and responses may contain secrets.
    """
    app = Flask("rehearsal")

    @app.before_request
    def authenticate() -> tuple[JsonObject, int] | None:
        authorization = request.headers.get("Authorization", "")
        return None if hmac.compare_digest(authorization, f"Bearer {token}") else ({"error": "wrong token"}, 401)

    @app.post("/<name>")
    def call(name: str) -> tuple[JsonObject, int]:
        if name not in operations:
            return {"error": f"unknown operation {name!r}"}, 404
        return operations[name](request.get_json(silent=True) or {}), 200

    server = make_server("127.0.0.1", 0, guard(app), threaded=True)
    threading.Thread(target=server.serve_forever, name="control", daemon=True).start()
    return server, server.server_port


@dataclass(frozen=True)
class ControlClient:
    """Client of the daemon's control API."""

    port: int
    token: str
    command: str = "rehearse"
    """Command that started the daemon; error messages suggest it."""

    def call(self, operation: str, argument: Mapping[str, Any] | None = None, *, timeout: float = 60.0) -> JsonObject:
        """Call an operation and return its response, waiting at most `timeout` seconds.

        Raises:
            ControlError: the daemon does not answer, or it rejects the call.
        """
        call = urllib.request.Request(  # a loopback URL, built here
            f"http://127.0.0.1:{self.port}/{operation}",
            data=json.dumps(argument or {}).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"},
        )
        try:
            with urllib.request.urlopen(call, timeout=timeout) as response:  # noqa: S310  # the same
                return cast("JsonObject", json.load(response))
        except (urllib.error.URLError, TimeoutError, ConnectionError) as failure:
            raise ControlError(
                f"the rehearsal's daemon does not answer on port {self.port} ({failure}); "
                f"`{self.command} up` starts it again"
            ) from failure
