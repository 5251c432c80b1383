"""The engine's requests to S3 and KMS are logged with the names that IAM sees."""

import io
import json
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from rehearsal.cloud.engine_calls import logged

GO = "m/E aws-sdk-go-v2/1.32.0 lang/go#1.23"


def scope(service: str) -> str:
    return f"AWS4-HMAC-SHA256 Credential=KEY/20260901/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=x"


def request(environment: dict[str, Any], agent: str = GO) -> tuple[list[tuple[Any, ...]], bytes]:
    """Return the logged calls of a request and the body that the application read."""
    calls: list[tuple[Any, ...]] = []
    bodies = []

    def application(served: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        bodies.append(served["wsgi.input"].read())
        start_response("200 OK", [])
        return []

    everything = {"HTTP_USER_AGENT": agent, "wsgi.input": io.BytesIO(), "PATH_INFO": "/", **environment}
    logged(application, lambda *call: calls.append(call))(everything, lambda *_: lambda _: None)
    return calls, bodies[0]


@pytest.mark.parametrize(
    ("method", "path", "more", "operation", "arguments"),
    [
        ("GET", "/b/a/k", {}, "GetObject", {"Bucket": "b", "Key": "a/k"}),
        ("HEAD", "/b/k", {}, "HeadObject", {"Bucket": "b", "Key": "k"}),
        ("PUT", "/b/k", {}, "PutObject", {"Bucket": "b", "Key": "k"}),
        ("PUT", "/b/k", {"HTTP_X_AMZ_COPY_SOURCE": "b/o"}, "CopyObject", {"Bucket": "b", "Key": "k"}),
        ("PUT", "/b/k", {"QUERY_STRING": "uploadId=1"}, "UploadPart", {"Bucket": "b", "Key": "k"}),
        ("DELETE", "/b/k", {}, "DeleteObject", {"Bucket": "b", "Key": "k"}),
        ("GET", "/b", {"QUERY_STRING": "list-type=2"}, "ListObjectsV2", {"Bucket": "b"}),
        ("POST", "/b", {}, "POSTBucket", {"Bucket": "b"}),
    ],
)
def test_requests_to_s3(
    method: str, path: str, more: dict[str, str], operation: str, arguments: dict[str, str]
) -> None:
    environment = {"REQUEST_METHOD": method, "PATH_INFO": path, "HTTP_AUTHORIZATION": scope("s3"), **more}
    calls, _ = request(environment)
    assert calls == [("s3", operation, "us-east-1", arguments)]


@pytest.mark.parametrize("key", [{"KeyId": "alias/pulumi-secrets"}, {}])
def test_requests_to_kms_keep_their_body_and_log_no_plaintext(key: dict[str, str]) -> None:
    body = json.dumps({**key, "Plaintext": "c2VjcmV0"}).encode()
    environment = {
        "REQUEST_METHOD": "POST",
        "HTTP_AUTHORIZATION": scope("kms"),
        "HTTP_X_AMZ_TARGET": "TrentService.Encrypt",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    calls, read = request(environment)
    assert calls == [("kms", "Encrypt", "us-east-1", {"KeyId": "alias/pulumi-secrets"})]
    assert read == body


def test_requests_of_other_clients_are_not_logged() -> None:
    environment = {"REQUEST_METHOD": "GET", "PATH_INFO": "/b/k", "HTTP_AUTHORIZATION": scope("s3")}
    assert request(environment, agent="Boto3/1.44")[0] == []
