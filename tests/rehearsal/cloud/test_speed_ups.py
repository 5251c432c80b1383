"""Moto's responses are the same with and without the speed-ups."""

import hashlib
from typing import Any

import pytest
from moto import backends

from rehearsal.cloud import speed_ups
from rehearsal.cloud.patches import Patches
from tests.rehearsal.cloud.clients import aws, cloud

BODY = b"state" * 1000
PART = 5 * 1024 * 1024


def copied(s3: Any, source: str) -> tuple[str, str, bytes]:
    answer = s3.copy_object(Bucket="state", Key="copy", CopySource={"Bucket": "state", "Key": source})
    got = s3.get_object(Bucket="state", Key="copy")
    return answer["CopyObjectResult"]["ETag"], got["ETag"], got["Body"].read()


def in_parts(s3: Any) -> None:
    upload = s3.create_multipart_upload(Bucket="state", Key="parts")["UploadId"]
    same = {"Bucket": "state", "Key": "parts", "UploadId": upload}
    parts = [
        {"PartNumber": number, "ETag": s3.upload_part(**same, PartNumber=number, Body=b"p" * PART)["ETag"]}
        for number in (1, 2)
    ]
    s3.complete_multipart_upload(**same, MultipartUpload={"Parts": parts})


@pytest.mark.parametrize("installed", [False, True])
def test_copies_are_the_same(*, installed: bool) -> None:
    with cloud(patched=False), Patches() as patches:
        if installed:
            speed_ups.install(patches)
        s3 = aws("s3")
        s3.create_bucket(Bucket="state")
        etag = f'"{hashlib.md5(BODY, usedforsecurity=False).hexdigest()}"'
        for body in (b"older", BODY):
            s3.put_object(Bucket="state", Key="whole", Body=body)
        assert copied(s3, "whole") == (etag, etag, BODY)
        in_parts(s3)
        announced, read, body = copied(s3, "parts")
        assert announced == read
        assert read != etag
        assert len(body) == 2 * PART


def test_services_are_those_that_moto_finds() -> None:
    services = set(backends.list_of_moto_modules())
    with Patches() as patches:
        speed_ups.list_modules_once(patches)
        assert backends.list_of_moto_modules() == services
        assert "s3" in services
