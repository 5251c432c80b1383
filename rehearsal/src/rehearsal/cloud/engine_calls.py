"""AWS calls of the engine: state in S3 and secrets with KMS.

The engine is a separate process and uses the emulator's HTTP endpoint. Its requests are logged like the calls of the
emulated providers, so that the log also shows which permissions the engine needs.
"""

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs, unquote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from rehearsal.cloud.names import SECRETS_ALIAS

Log = Callable[[str, str, str, dict[str, Any]], None]
"""Function that logs one call: service, operation, region, arguments."""

SDK = "aws-sdk-go"
"""Part of the engine's User-Agent header. Requests of people and tests do not contain it."""
_SCOPE = re.compile(r"Credential=[^/]+/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/")
_S3_OPERATIONS = {
    ("GET", True): "GetObject",
    ("HEAD", True): "HeadObject",
    ("PUT", True): "PutObject",
    ("DELETE", True): "DeleteObject",
    ("GET", False): "ListObjectsV2",
    ("HEAD", False): "HeadBucket",
}
"""(HTTP method, True if the path names an object) → S3 operation."""


def logged(application: WSGIApplication, log: Log) -> WSGIApplication:
    """Return the application, with the engine's requests logged."""

    def serve(environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if SDK in str(environment.get("HTTP_USER_AGENT", "")):
            for call in _calls(environment):
                log(*call)
        return application(environment, start_response)

    return serve


def _calls(environment: WSGIEnvironment) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Yield the AWS call that a request makes; nothing if the request is not signed."""
    scope = _SCOPE.search(str(environment.get("HTTP_AUTHORIZATION", "")))
    if scope is None:
        return
    service, region = scope["service"], scope["region"]
    if service == "s3":
        yield (service, *_s3_call(environment, region))
        return
    operation = str(environment.get("HTTP_X_AMZ_TARGET", "")).rpartition(".")[2]
    yield service, operation, region, _key(_body(environment))


def _s3_call(environment: WSGIEnvironment, region: str) -> tuple[str, str, dict[str, Any]]:
    bucket, _, key = unquote(str(environment["PATH_INFO"])).lstrip("/").partition("/")
    method = str(environment["REQUEST_METHOD"])
    operation = _S3_OPERATIONS.get((method, bool(key)), f"{method}{'Object' if key else 'Bucket'}")
    if operation == "PutObject" and "HTTP_X_AMZ_COPY_SOURCE" in environment:
        operation = "CopyObject"
    if "uploadId" in parse_qs(str(environment.get("QUERY_STRING", ""))):
        operation = "UploadPart"
    return operation, region, {"Bucket": bucket, **({"Key": key} if key else {})}


def _key(request: Any) -> dict[str, Any]:
    """Return the KMS key of a request, as an argument of the call.

    A Decrypt request need not name its key. The key is then the one that encrypts the stack's secrets, because the
    engine uses no other key.
    """
    named = request.get("KeyId") if isinstance(request, dict) else None
    return {"KeyId": named or SECRETS_ALIAS}


def _body(environment: WSGIEnvironment) -> Any:
    """Return the JSON body of a request; the application can still read it."""
    length = int(environment.get("CONTENT_LENGTH") or 0)
    body = environment["wsgi.input"].read(length)
    environment["wsgi.input"] = io.BytesIO(body)
    try:
        return json.loads(body)
    except ValueError:
        return None
