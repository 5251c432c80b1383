"""The engine's writes of its state leave the same in moto's store, and are answered the same, as by moto's server."""

import http.client
import zlib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree import ElementTree as ET

import boto3
import pytest
from moto.s3.models import s3_backends

from rehearsal.cloud import Emulator, backend
from rehearsal.cloud.emulator import DEFAULT_ACCOUNT
from rehearsal.cloud.names import state_bucket
from rehearsal.cloud.state_requests import StateRequests

STACK = ".pulumi/stacks/shop/dev.json"
BUCKET = state_bucket("dev")
LIST = f"/{BUCKET}?delimiter=%2F&list-type=2&max-keys=1000&prefix=.pulumi%2Fstacks%2Fshop%2Fdev.json"
NEVER_ALIKE = {"x-amzn-requestid", "date", "last-modified", "server", "access-control-allow-origin", "connection"}
SIGNED = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=rehearsal/20261124/us-east-1/s3/aws4_request, SignedHeaders=host",
    "X-Amz-Date": "20261124T142335Z",
    "X-Amz-Content-Sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
}


class Cloud:
    """An emulated S3 that counts what moto's server had to answer."""

    def __init__(self, emulator: Emulator, *, direct: bool) -> None:
        self._emulator = emulator
        self.asked_moto = 0
        emulator.put_in_front(self._counting)
        if direct:
            emulator.put_in_front(lambda application: StateRequests(application, DEFAULT_ACCOUNT, "dev"))

    def _counting(self, application: Any) -> Any:
        def count(environ: Any, start_response: Any) -> Any:
            self.asked_moto += 1
            return application(environ, start_response)

        return count

    def ask(
        self, method: str, target: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._emulator.port)
        connection.request(method, target, body, SIGNED | {k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()

    def put(self, body: bytes, name: str = STACK) -> tuple[int, dict[str, str], bytes]:
        checksum = b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
        return self.ask(
            "PUT",
            f"/{BUCKET}/{name}?x-id=PutObject",
            body,
            Content_Type="text/plain; charset=utf-8",
            X_Amz_Checksum_Crc32=checksum,
            X_Amz_Sdk_Checksum_Algorithm="CRC32",
        )

    def copy(self, source: str = STACK, to: str = f"{STACK}.bak") -> tuple[int, dict[str, str], bytes]:
        return self.ask("PUT", f"/{BUCKET}/{to}?x-id=CopyObject", X_Amz_Copy_Source=f"{BUCKET}/{source}")

    def save(self, body: bytes) -> list[tuple[int, dict[str, str], bytes]]:
        return [self.ask("GET", LIST), self.ask("HEAD", f"/{BUCKET}/{STACK}"), self.copy(), self.put(body)]


@contextmanager
def cloud(*, direct: bool) -> Iterator[Cloud]:
    with Emulator() as emulator:
        backend.create("dev")
        yield Cloud(emulator, direct=direct)


def comparable(answer: tuple[int, dict[str, str], bytes]) -> Any:
    status, headers, body = answer
    kept = {name: value for name, value in headers.items() if name not in NEVER_ALIKE}
    if not body:
        # moto's server calls the empty answer to a PUT HTML.
        return status, {name: value for name, value in kept.items() if value != "text/html; charset=utf-8"}
    del kept["content-length"]
    document = ET.fromstring(body)  # noqa: S314  # our own emulator's
    return status, kept, sorted((tag.tag, tag.text) for tag in document.iter() if not tag.tag.endswith("LastModified"))


def stored() -> Any:
    keys = s3_backends[DEFAULT_ACCOUNT]["aws"].get_bucket(BUCKET).keys
    return {
        name: (key.value, key.etag, dict(key.metadata), key.checksum_algorithm, key.checksum_value, key.storage_class)
        for name, key in keys.items()
    }


def test_a_write_of_the_state_is_the_same_without_motos_server() -> None:
    seen = []
    for direct in (False, True):
        with cloud(direct=direct) as s3:
            answers = [s3.put(b"{}"), *s3.save(b'{"version": 3}'), *s3.save(b'{"version": 4}' * 100_000)]
            assert s3.asked_moto == (0 if direct else len(answers))
            seen.append(([comparable(answer) for answer in answers], stored()))
    assert seen[0][1] == seen[1][1]
    assert seen[0][0] == seen[1][0]


def test_boto3_reads_what_the_engine_wrote() -> None:
    with cloud(direct=True) as s3:
        s3.put(b"old")
        s3.save(b"new")
        client = boto3.client("s3", "us-east-1")
        for name, body in ((STACK, b"new"), (f"{STACK}.bak", b"old")):
            assert client.get_object(Bucket=BUCKET, Key=name)["Body"].read() == body


@pytest.mark.parametrize(
    ("method", "target", "headers"),
    [
        ("GET", f"/{BUCKET}/{STACK}", {}),
        ("GET", f"/{BUCKET}?list-type=2&prefix=.pulumi%2Fstacks%2F", {}),
        ("GET", f"/{BUCKET}?delimiter=%2F&list-type=2&max-keys=1000&prefix=.pulumi%2Fstacks%2F", {}),
        ("HEAD", f"/{BUCKET}/{STACK}", {"Range": "bytes=0-1"}),
        ("HEAD", f"/{BUCKET}/{STACK}.none", {}),
        ("HEAD", f"/{BUCKET}/.pulumi/meta.yaml", {}),
        ("PUT", f"/{BUCKET}/{STACK}?acl", {"X-Amz-Acl": "private"}),
        ("PUT", f"/{BUCKET}/{STACK}.bak?x-id=CopyObject", {"X-Amz-Copy-Source": f"{BUCKET}/{STACK}.none"}),
        ("DELETE", f"/{BUCKET}/{STACK}", {}),
        ("HEAD", f"/other/{STACK}", {}),
    ],
)
def test_all_else_is_motos_to_answer(method: str, target: str, headers: dict[str, str]) -> None:
    with cloud(direct=True) as s3:
        s3.put(b"{}")
        s3.ask(method, target, None, **headers)
        assert s3.asked_moto == 1


def test_a_versioned_bucket_is_motos() -> None:
    with cloud(direct=True) as s3:
        client = boto3.client("s3", "us-east-1")
        client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        s3.put(b"old")
        s3.put(b"new")
        assert s3.asked_moto == 2
        assert len(client.list_object_versions(Bucket=BUCKET)["Versions"]) == 2
