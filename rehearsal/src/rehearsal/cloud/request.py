"""Requests in the shape of botocore's service models, and checks of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.core.exceptions import ServiceException


class RefusedError(ServiceException):
    """Error with which AWS refuses a request: `RefusedError(code, message)`.

    Moto writes it in the protocol of the request's service. Moto's own exception can't be raised outside moto's
    modules, because moto reads the service from the module of the exception.
    """


@dataclass(frozen=True)
class Request:
    """One request to an operation of AWS."""

    service: str
    """botocore's name of the service, such as `elbv2`."""
    operation: str
    """Name of the operation in the API, such as `CreateListener`."""
    account: str
    region: str
    partition: str
    arguments: Mapping[str, Any]
    """Arguments, keyed by member names of the service model."""


RequestCheck = Callable[[Request], None]
"""Function that raises RefusedError if AWS refuses the request."""
RequestChecks = Mapping[tuple[str, str], tuple[RequestCheck, ...]]
"""(service, operation) → checks."""
