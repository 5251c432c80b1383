"""The daemon's control endpoint: what it is doing, asked over loopback HTTP by `ops` and by tests."""

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

Answer = dict[str, Any]


class ControlError(RehearsalError):
    """The daemon does not answer; the message says what to do."""


def serve(answers: Mapping[str, Callable[[Answer], Answer]], token: str) -> tuple[BaseWSGIServer, int]:
    """Serve each named answer as `POST /<name>` on a free loopback port; the body is its JSON argument.

    Only who knows the token is answered: other users of this machine can reach the port, and answers may be secret.
    """
    app = Flask("rehearsal")

    @app.before_request
    def authenticate() -> tuple[Answer, int] | None:
        given = request.headers.get("Authorization", "")
        return None if hmac.compare_digest(given, f"Bearer {token}") else ({"error": "wrong token"}, 401)

    @app.post("/<name>")
    def answer(name: str) -> tuple[Answer, int]:
        if name not in answers:
            return {"error": f"unknown question {name!r}"}, 404
        return answers[name](request.get_json(silent=True) or {}), 200

    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, name="control", daemon=True).start()
    return server, server.server_port


@dataclass(frozen=True)
class Control:
    """Client of the daemon's control endpoint."""

    port: int
    token: str

    def ask(self, name: str, argument: Mapping[str, Any] | None = None, *, timeout: float = 60.0) -> Answer:
        """Ask and wait for the answer (at most `timeout` seconds). Raises ControlError when nobody answers."""
        question = urllib.request.Request(  # loopback http, built here
            f"http://127.0.0.1:{self.port}/{name}",
            data=json.dumps(argument or {}).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"},
        )
        try:
            with urllib.request.urlopen(question, timeout=timeout) as response:  # noqa: S310  # the same
                return cast("Answer", json.load(response))
        except (urllib.error.URLError, TimeoutError, ConnectionError) as failure:
            raise ControlError(
                f"the rehearsal's daemon does not answer on port {self.port} ({failure}); "
                "`ops rehearse up` starts it again"
            ) from failure
