"""Calls to AWS: one cached client per service, region and credentials, and one kind of error.

moto must have been imported before the first client is made: it hooks into botocore at import.

Exceptions::

    ProviderError
    └── AwsError            AWS refused; `code` is AWS's own
"""

import logging
import re
import threading
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.model import OperationModel, ServiceModel, Shape, StructureShape

from rehearsal import tuning
from rehearsal.providers.protocol import ProviderError

Args = dict[str, Any]
Answer = dict[str, Any]

_MISSING = re.compile(
    r"NotFound|NoSuch|NotExist|DoesNotExist|Non[Ee]xistent|^Unknown(Monitor|Subscription)Exception$|^404$"
)
_STARTS_SERVERS = frozenset({"eks", "rds"})
"""Services of which a call may wait for a server, for seconds, so that others must not wait for it."""
_ONE_CALL = tuning.enabled("one-aws-call")
_CONFIG = Config(retries={"total_max_attempts": 1}, max_pool_connections=64)

log = logging.getLogger(__name__)


class AwsError(ProviderError):
    """AWS refused an operation; `code` is AWS's error code, e.g. `InvalidVpcID.NotFound`."""

    def __init__(self, service: str, operation: str, code: str, message: str) -> None:
        super().__init__(f"{service} {operation} failed: {message} ({code})")
        self.code = code
        self._message = message

    @property
    def is_missing(self) -> bool:
        """Whether it says that the resource isn't there; EC2 Auto Scaling has no code for that, only a sentence."""
        said = self.code == "ValidationError" and "name not found" in self._message
        return said or bool(_MISSING.search(self.code))


@dataclass(frozen=True)
class Credentials:
    """Who calls. The defaults are made up: whatever goes astray, no real account can be reached with them."""

    access_key: str = "REHEARSAL"
    secret_key: str = "rehearsal"  # noqa: S105  # made up on purpose
    token: str = ""


class Connection:
    """A caller's way to AWS. Connections with equal credentials share their clients; all methods are thread-safe."""

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials
        self._account: str | None = None
        self._account_lock = threading.Lock()

    @property
    def account(self) -> str:
        """The caller's account number, asked once."""
        with self._account_lock:
            if self._account is None:
                self._account = str(self.call("sts", "us-east-1", "get_caller_identity", {})["Account"])
            return self._account

    def client(self, service: str, region: str) -> Any:
        """A boto3 client."""
        return _client(self.credentials, service, region)

    def call(
        self, service: str, region: str, operation: str, args: Mapping[str, Any], *, pages: bool = False
    ) -> Answer:
        """Call an operation by its Python name; arguments are cast to its shape. Raises AwsError.

        With `pages` all pages of a list are fetched and joined.
        """
        client = self.client(service, region)
        shape = operation_model(service, operation).input_shape
        fitted = fit(shape, dict(args)) if shape is not None else {}
        try:
            with nullcontext() if service in _STARTS_SERVERS or not _ONE_CALL else _turn:
                if pages and client.can_paginate(operation):
                    answer: Answer = client.get_paginator(operation).paginate(**fitted).build_full_result()
                else:
                    answer = getattr(client, operation)(**fitted)
        except ClientError as error:
            detail = error.response.get("Error", {})
            raise AwsError(
                service, operation, str(detail.get("Code", "")), detail.get("Message", str(error))
            ) from error
        except NotImplementedError as error:
            log.warning("%s %s is not emulated", service, operation, exc_info=True)
            what = str(error) or "it has no such operation"
            raise AwsError(service, operation, "NotEmulated", f"the emulated AWS can't do this: {what}") from error
        except BotoCoreError as error:
            raise AwsError(service, operation, type(error).__name__, str(error)) from error
        answer.pop("ResponseMetadata", None)
        return answer

    def assume(self, role_arn: str, session: str, external_id: str = "") -> "Connection":
        """The connection of a role that this caller takes on. Raises AwsError when it may not."""
        extra = {"ExternalId": external_id} if external_id else {}
        got = self.call(
            "sts", "us-east-1", "assume_role", {"RoleArn": role_arn, "RoleSessionName": session or "pulumi", **extra}
        )["Credentials"]
        return Connection(Credentials(got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"]))


_turn = threading.RLock()
"""Held during a call: moto's dictionaries are not made for several threads, and the interpreter, which runs one at a
time anyway, has to answer the engine's writes of its state in between: the fewer compete with them, the sooner."""
_lock = threading.Lock()
_sessions: dict[Credentials, boto3.Session] = {}
_clients: dict[tuple[Credentials, str, str], Any] = {}
_models: dict[str, tuple[ServiceModel, dict[str, str]]] = {}
_model_session = botocore.session.Session()


def _client(credentials: Credentials, service: str, region: str) -> Any:
    key = (credentials, service, region)
    if key not in _clients:
        with _lock:  # a boto3 session must not make two clients at once
            if credentials not in _sessions:
                _sessions[credentials] = boto3.Session(
                    aws_access_key_id=credentials.access_key,
                    aws_secret_access_key=credentials.secret_key,
                    aws_session_token=credentials.token or None,
                )
            if key not in _clients:
                make: Any = _sessions[credentials].client  # the stubs know only literal service names
                _clients[key] = make(service, region_name=region, config=_CONFIG)
    return _clients[key]


def operation_model(service: str, operation: str) -> OperationModel:
    """Look an operation up in botocore by its Python name; needs no client. Raises KeyError for a wrong name."""
    if service not in _models:
        with _lock:
            model = _model_session.get_service_model(service)
            _models[service] = (model, {botocore.xform_name(name): name for name in model.operation_names})
    model, names = _models[service]
    return model.operation_model(names[operation])


def input_shape(service: str, operation: str) -> StructureShape:
    """Shape of an operation's arguments."""
    shape = operation_model(service, operation).input_shape
    return shape if shape is not None else StructureShape("Empty", {"type": "structure", "members": {}})


def fit(shape: Shape, value: Any) -> Any:
    """Cast a value to a botocore shape: whole floats to integers, numbers to strings, and so on; None members go."""
    if shape.type_name == "structure" and isinstance(value, Mapping):
        members: Mapping[str, Shape] = getattr(shape, "members", {})
        return {
            key: fit(members[key], item) if key in members else item for key, item in value.items() if item is not None
        }
    if shape.type_name == "list" and isinstance(value, list | tuple):
        return [fit(getattr(shape, "member"), item) for item in value]  # noqa: B009  # stubs know no `member` on Shape
    if shape.type_name == "map" and isinstance(value, Mapping):
        return {key: fit(getattr(shape, "value"), item) for key, item in value.items()}  # noqa: B009  # the same
    cast = _CASTS.get(shape.type_name)
    return cast(value) if cast is not None else value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _flag(value: Any) -> bool:
    return value == "true" if isinstance(value, str) else bool(value)


def _whole(value: Any) -> int:
    return int(float(value))


_CASTS: Mapping[str, Any] = {
    "string": _text,
    "integer": _whole,
    "long": _whole,
    "float": float,
    "double": float,
    "boolean": _flag,
}
