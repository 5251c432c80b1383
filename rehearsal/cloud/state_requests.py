"""The four S3 requests with which the engine writes its state, answered from moto's store without moto's server.

The engine lists the state's objects, asks for the state, copies it to `.bak` and puts the new one: for each resource
twice, and it waits for each. moto's server takes longer to find out what they are than to do them. Whatever else is
asked, in any other way or of any other object, is moto's server's to answer.
"""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from moto.s3.models import FakeKey, s3_backends
from moto.s3.utils import metadata_from_headers

from rehearsal.cloud.names import state_bucket

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Answer = tuple[dict[str, str], bytes]

FOLDER = ".pulumi/stacks/"
_SIGNING = {"HTTP_X_AMZ_CONTENT_SHA256", "HTTP_X_AMZ_DATE"}
_CHECKSUM = {"HTTP_X_AMZ_CHECKSUM_CRC32", "HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM"}
_SOURCE = {"HTTP_X_AMZ_COPY_SOURCE"}
_CONDITIONS = ("HTTP_X_AMZ_", "HTTP_IF_", "HTTP_RANGE")
_PAGE = 1000
_XML = '<?xml version="1.0" encoding="utf-8"?>\n<{0} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{1}</{0}>'


class StateRequests:
    """A WSGI application in front of moto's."""

    def __init__(self, application: Callable[[Environ, StartResponse], Iterable[bytes]], account: str, stack: str):
        self._application = application
        self._name = state_bucket(stack)
        self._s3 = s3_backends[account]["aws"]

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or let moto answer."""
        answer = self._answer(environ)
        if answer is None:
            return self._application(environ, start_response)
        headers, body = answer
        start_response("200 OK", list({"Content-Length": str(len(body)), **headers}.items()))
        return [body]

    def _answer(self, environ: Environ) -> Answer | None:
        bucket, _, key = environ["PATH_INFO"].removeprefix("/").partition("/")
        if bucket != self._name or self._s3.get_bucket(bucket).is_versioned:
            return None
        method, query = environ["REQUEST_METHOD"], environ["QUERY_STRING"]
        asked = {name for name in environ if name.startswith(_CONDITIONS)} - _SIGNING
        if method == "GET" and not key and not asked:
            return self._listed(parse_qs(query))
        if not key.startswith(FOLDER):
            return None
        if method == "HEAD" and not query and not asked:
            return self._described(key)
        if method == "PUT" and query == "x-id=CopyObject" and asked == _SOURCE:
            return self._copied(key, environ["HTTP_X_AMZ_COPY_SOURCE"])
        if method == "PUT" and query == "x-id=PutObject" and asked == _CHECKSUM:
            return self._put(key, environ)
        return None

    def _listed(self, query: dict[str, list[str]]) -> Answer | None:
        prefix = query.pop("prefix", [""])[0]
        if query != {"delimiter": ["/"], "list-type": ["2"], "max-keys": [str(_PAGE)]} or not prefix.startswith(FOLDER):
            return None
        found = [key for name, key in sorted(self._keys().items()) if name.startswith(prefix)]
        if len(found) > _PAGE or any("/" in key.name.removeprefix(prefix) for key in found):
            return None
        contents = "".join(
            f"<Contents><Key>{escape(key.name)}</Key><LastModified>{key.last_modified_ISO8601}</LastModified>"
            f"<ETag>{key.etag}</ETag>{_algorithm(key)}<Size>{key.size}</Size><StorageClass>{key.storage_class}</StorageClass></Contents>"
            for key in found
        )
        return _document(
            "ListBucketResult",
            f"<IsTruncated>false</IsTruncated>{contents}<Name>{self._name}</Name><Prefix>{escape(prefix)}</Prefix>"
            f"<Delimiter>/</Delimiter><MaxKeys>{_PAGE}</MaxKeys><KeyCount>{len(found)}</KeyCount>",
        )

    def _described(self, name: str) -> Answer | None:
        key = self._keys().get(name)
        if not isinstance(key, FakeKey):
            return None
        # The length is that of the object, although none of it is sent.
        length = {"Content-Length": str(key.size), "Accept-Ranges": "bytes"}
        return {**key.metadata, **_without_length(key), **length}, b""

    def _copied(self, name: str, source: str) -> Answer | None:
        original = self._keys().get(source.removeprefix(f"{self._name}/"))
        if not isinstance(original, FakeKey) or "%" in source or original.name == name:
            return None
        self._s3.copy_object(original, self._name, name)
        copy = self._keys()[name]
        copy.set_acl(self._s3.get_bucket(self._name).acl)
        headers, body = _document(
            "CopyObjectResult",
            f"<ETag>{copy.etag}</ETag><LastModified>{copy.last_modified_ISO8601}</LastModified>{_checksum(copy)}",
        )
        return {**_without_length(copy), **headers}, body

    def _put(self, name: str, environ: Environ) -> Answer | None:
        length, digest = environ.get("CONTENT_LENGTH"), environ["HTTP_X_AMZ_CONTENT_SHA256"]
        algorithm = environ["HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM"]
        if not length or algorithm != "CRC32" or digest.startswith("STREAMING"):
            return None
        checksum = environ["HTTP_X_AMZ_CHECKSUM_CRC32"]
        body = environ["wsgi.input"].read(int(length))
        key = self._s3.put_object(self._name, name, body, storage="STANDARD", checksum_value=checksum)
        given = {"content-type": environ.get("CONTENT_TYPE", ""), "x-amz-content-sha256": digest}
        key.set_metadata(metadata_from_headers(given))
        key.set_acl(self._s3.get_bucket(self._name).acl)
        key.checksum_algorithm = algorithm
        return {"x-amz-checksum-crc32": checksum, **_without_length(key)}, b""

    def _keys(self) -> dict[str, Any]:
        keys: dict[str, Any] = self._s3.get_bucket(self._name).keys
        return keys


def _document(name: str, content: str) -> Answer:
    return {"Content-Type": "application/xml"}, _XML.format(name, content).encode()


def _algorithm(key: FakeKey) -> str:
    return f"<ChecksumAlgorithm>{key.checksum_algorithm}</ChecksumAlgorithm>" if key.checksum_algorithm else ""


def _checksum(key: FakeKey) -> str:
    tag = f"Checksum{key.checksum_algorithm}"
    return f"<{tag}>{key.checksum_value}</{tag}>" if key.checksum_value else ""


def _without_length(key: FakeKey) -> dict[str, str]:
    return {name: value for name, value in key.response_dict.items() if name.lower() != "content-length"}
