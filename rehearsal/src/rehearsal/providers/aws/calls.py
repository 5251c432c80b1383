"""Calls to AWS, with cached clients and one exception type.

Import moto before the first client is created, because moto adds its hooks to botocore at import.

Exceptions::

    ProviderError
    └── AwsError            AWS rejected the call; `code` is AWS's error code
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
from rehearsal.cloud import constraints
from rehearsal.providers.aws.call_log import CallLog
from rehearsal.providers.protocol import ProviderError

Args = dict[str, Any]
"""AWS member name → argument of an operation."""
Response = dict[str, Any]
"""AWS member name → value in the response of an operation."""

_NOT_FOUND_CODE = re.compile(
    r"NotFound|NoSuch|NotExist|DoesNotExist|Non[Ee]xistent|^Unknown(Monitor|Subscription)Exception$|^404$"
)
_SERVICES_WITH_SERVERS = frozenset({"eks", "rds"})
"""Services whose calls may wait seconds for a server to start. They must not block calls to other services."""
_CONFIG = Config(retries={"total_max_attempts": 1}, max_pool_connections=64)

log = logging.getLogger(__name__)


class AwsError(ProviderError):
    """Error of an AWS operation; `code` is AWS's code, e.g. `InvalidVpcID.NotFound`."""

    def __init__(self, service: str, operation: str, code: str, message: str) -> None:
        super().__init__(f"{service} {operation} failed: {message} ({code})")
        self.code = code
        self._message = message

    @property
    def is_missing(self) -> bool:
        """True if AWS did not find the resource.

        EC2 Auto Scaling reports this in the message instead of the code.
        """
        in_message = self.code == "ValidationError" and "name not found" in self._message
        return in_message or bool(_NOT_FOUND_CODE.search(self.code))


@dataclass(frozen=True)
class Credentials:
    """Credentials of the caller. The defaults are invalid in every real account."""

    access_key: str = "REHEARSAL"
    secret_key: str = "rehearsal"  # noqa: S105  # not a real secret
    token: str = ""


class Connection:
    """Access to AWS with one set of credentials.

    Connections with equal credentials share their clients. All methods are thread-safe.
    """

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials
        self._account: str | None = None
        self._account_lock = threading.Lock()

    @property
    def account(self) -> str:
        """Account id of the caller, requested only once."""
        with self._account_lock:
            if self._account is None:
                self._account = str(self.call("sts", "us-east-1", "get_caller_identity", {})["Account"])
            return self._account

    def client(self, service: str, region: str) -> Any:
        """Return a boto3 client."""
        return _client(self.credentials, service, region)

    def call(
        self, service: str, region: str, operation: str, args: Mapping[str, Any], *, pages: bool = False
    ) -> Response:
        """Call the operation with this Python name. Raises AwsError.

        The arguments are cast to the operation's shape and checked against its constraints. With `pages`, all pages of
        a list are fetched and joined.
        """
        client, model = self.client(service, region), operation_model(service, operation)
        shape = model.input_shape
        cast_args = cast_to_shape(shape, dict(args)) if shape is not None else {}
        if _call_log is not None:
            _call_log.write(region, model, cast_args)
        if shape is not None and (violations := constraints.check(model, cast_args)):
            raise AwsError(service, operation, constraints.error_code(model), constraints.message(violations))
        try:
            with _call_lock if _serialized(service) else nullcontext():
                if pages and client.can_paginate(operation):
                    response: Response = client.get_paginator(operation).paginate(**cast_args).build_full_result()
                else:
                    response = getattr(client, operation)(**cast_args)
        except ClientError as error:
            detail = error.response.get("Error", {})
            raise AwsError(
                service, operation, str(detail.get("Code", "")), detail.get("Message", str(error))
            ) from error
        except NotImplementedError as error:
            log.warning("%s %s is not emulated", service, operation, exc_info=True)
            reason = str(error) or "moto has no such operation"
            message = f"moto does not emulate this operation: {reason}"
            raise AwsError(service, operation, "NotEmulated", message) from error
        except BotoCoreError as error:
            raise AwsError(service, operation, type(error).__name__, str(error)) from error
        response.pop("ResponseMetadata", None)
        return response

    def assume_role(self, role_arn: str, session: str, external_id: str = "") -> "Connection":
        """Return a connection with the credentials of a role.

        Raises AwsError if AWS denies the role.
        """
        extra_args = {"ExternalId": external_id} if external_id else {}
        args = {"RoleArn": role_arn, "RoleSessionName": session or "pulumi", **extra_args}
        credentials = self.call("sts", "us-east-1", "assume_role", args)["Credentials"]
        return Connection(
            Credentials(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])
        )


_call_log: CallLog | None = None
_call_lock = threading.RLock()
"""Allows one call to moto at a time, because moto's dictionaries are not thread-safe. The daemon also stores the
engine's state, and does so sooner when fewer threads run.
"""
_SERIALIZE_CALLS = tuning.enabled("one-aws-call")
_lock = threading.Lock()
_sessions: dict[Credentials, boto3.Session] = {}
_clients: dict[tuple[Credentials, str, str], Any] = {}
_models: dict[str, tuple[ServiceModel, dict[str, str]]] = {}
_model_session = botocore.session.Session()


def log_calls(log_file: CallLog | None) -> None:
    """Log the calls of all clients from now on; None stops the logging."""
    global _call_log  # noqa: PLW0603  # clients are cached for the whole process as well
    _call_log = log_file


def _serialized(service: str) -> bool:
    return _SERIALIZE_CALLS and service not in _SERVICES_WITH_SERVERS


def _client(credentials: Credentials, service: str, region: str) -> Any:
    key = (credentials, service, region)
    if key not in _clients:
        with _lock:  # a boto3 session must not create two clients at once
            if credentials not in _sessions:
                _sessions[credentials] = boto3.Session(
                    aws_access_key_id=credentials.access_key,
                    aws_secret_access_key=credentials.secret_key,
                    aws_session_token=credentials.token or None,
                )
            if key not in _clients:
                create_client: Any = _sessions[credentials].client  # the stubs accept only literal service names
                _clients[key] = create_client(service, region_name=region, config=_CONFIG)
    return _clients[key]


def operation_model(service: str, operation: str) -> OperationModel:
    """Return botocore's model of an operation, given the operation's Python name.

    Raises KeyError if the service has no such operation.
    """
    model, names = _model(service)
    return model.operation_model(names[operation])


def operation_names(service: str) -> Mapping[str, str]:
    """Return a mapping from Python names to AWS names for a service's operations.

    For example, `create_vpc` is mapped to `CreateVpc`. `service` is the botocore name of the service.
    """
    _, names = _model(service)
    return names


def _model(service: str) -> tuple[ServiceModel, dict[str, str]]:
    if service not in _models:
        with _lock:
            model = _model_session.get_service_model(service)
            _models[service] = (model, {botocore.xform_name(name): name for name in model.operation_names})
    return _models[service]


def input_shape(service: str, operation: str) -> StructureShape:
    """Return the shape of an operation's arguments."""
    shape = operation_model(service, operation).input_shape
    return shape if shape is not None else StructureShape("Empty", {"type": "structure", "members": {}})


def cast_to_shape(shape: Shape, value: Any) -> Any:
    """Cast a value to a botocore shape and drop members that are None.

    For example, whole floats become integers where the shape is an integer, and numbers become strings.
    """
    if shape.type_name == "structure" and isinstance(value, Mapping):
        members: Mapping[str, Shape] = getattr(shape, "members", {})
        return {
            key: cast_to_shape(members[key], item) if key in members else item
            for key, item in value.items()
            if item is not None
        }
    if shape.type_name == "list" and isinstance(value, list | tuple):
        item_shape = getattr(shape, "member")  # noqa: B009  # the stubs of Shape lack `member`
        return [cast_to_shape(item_shape, item) for item in value]
    if shape.type_name == "map" and isinstance(value, Mapping):
        value_shape = getattr(shape, "value")  # noqa: B009  # the stubs of Shape lack `value`
        return {key: cast_to_shape(value_shape, item) for key, item in value.items()}
    cast = _CASTS.get(shape.type_name)
    return cast(value) if cast is not None else value


def _to_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _to_boolean(value: Any) -> bool:
    return value == "true" if isinstance(value, str) else bool(value)


def _to_integer(value: Any) -> int:
    return int(float(value))


_CASTS: Mapping[str, Any] = {
    "string": _to_text,
    "integer": _to_integer,
    "long": _to_integer,
    "float": float,
    "double": float,
    "boolean": _to_boolean,
}
