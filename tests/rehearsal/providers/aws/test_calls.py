"""Calls to moto run one at a time, except for services whose calls start servers."""

import threading
from typing import Any

import pytest

from rehearsal.providers.aws import calls

TIMEOUT = 5.0


class BlockingClient:
    """Client whose call blocks until `end` is set."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.end = threading.Event()

    def can_paginate(self, _: str) -> bool:
        return False

    def describe_clusters(self, **_: Any) -> dict[str, Any]:
        self.began.set()
        assert self.end.wait(TIMEOUT)
        return {}


@pytest.mark.parametrize(("first", "second", "waits"), [("ec2", "iam", True), ("eks", "iam", False)])
def test_calls_are_serialized_unless_one_starts_a_server(
    monkeypatch: pytest.MonkeyPatch, first: str, second: str, *, waits: bool
) -> None:
    clients = {first: BlockingClient(), second: BlockingClient()}
    monkeypatch.setattr(calls, "_client", lambda _, service, __: clients[service])
    monkeypatch.setattr(calls, "operation_model", lambda *_: type("Model", (), {"input_shape": None}))
    connection = calls.Connection(calls.Credentials())
    threads = [
        threading.Thread(target=connection.call, args=(service, "us-east-1", "describe_clusters", {}))
        for service in (first, second)
    ]
    threads[0].start()
    assert clients[first].began.wait(TIMEOUT)
    threads[1].start()
    assert clients[second].began.wait(0.2) is not waits
    for client in clients.values():
        client.end.set()
    for thread in threads:
        thread.join(TIMEOUT)
    assert clients[second].began.is_set()
