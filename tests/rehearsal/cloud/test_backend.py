"""The state backend is read as the engine writes it."""

import json

from rehearsal.cloud.backend import Backend
from rehearsal.cloud.names import state_bucket
from tests.rehearsal.cloud.clients import aws, cloud


def record(result: str, name: str) -> None:
    aws("s3").put_object(
        Bucket=state_bucket("dev"),
        Key=f".pulumi/history/campus/{name}",
        Body=json.dumps({"kind": "update", "result": result}).encode(),
    )


def test_the_last_result_is_that_of_the_newest_entry_of_the_stack() -> None:
    with cloud(patched=False):
        aws("s3").create_bucket(Bucket=state_bucket("dev"))
        assert Backend("dev").last_result() is None
        record("failed", "dev/dev-1795997660126079072.history.json")
        record("succeeded", "dev/dev-1795997660126079073.history.json")
        record("unread", "dev/dev-1795997660126079074.checkpoint.json")
        record("failed", "other/other-1795997660126079075.history.json")
        assert Backend("dev").last_result() == "succeeded"
        record("failed", "dev/dev-1795997660126079076.history.json")
        assert Backend("dev").last_result() == "failed"
