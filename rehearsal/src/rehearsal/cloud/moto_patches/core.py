"""All services: checks of a request before moto sees it.

There are two kinds of check: the constraints of the botocore service model, and checks that other modules contribute.
Both apply to boto3 in this process and to requests over HTTP, such as those of the engine and of `ops`.

S3 is the exception, because moto routes S3 requests differently: the contributed checks for S3 are in `s3.py`, and the
constraints of S3's service model are checked only by the emulated provider.
"""

from typing import Any, ClassVar

from moto.core import responses
from moto.core.common_types import TYPE_RESPONSE
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import determine_request_protocol
from moto.core.responses import ActionResult
from moto.core.utils import get_service_model
from typing_extensions import override

from rehearsal.cloud import constraints
from rehearsal.cloud.moto_patches import kms, principals, quotas, secretsmanager
from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches
from rehearsal.cloud.request import RefusedError, Request, RequestCheck, RequestChecks


class BaseResponse(responses.BaseResponse):
    """Response class that checks every request before its operation runs."""

    original: ClassVar[type[responses.BaseResponse]]

    request_checks: RequestChecks

    @override
    def call_action(self) -> TYPE_RESPONSE:
        try:
            self.check_request()
        except RefusedError as refusal:
            status, headers, body = self.serialized(ActionResult(refusal))
            return self._transform_response(self.response_headers, (status, {**headers, "status": status}, body))
        return BaseResponse.original.call_action(self)

    def check_request(self) -> None:
        """Check the request against the service model, then with the contributed checks.

        Raises:
            RefusedError: AWS refuses the request.
        """
        model = get_service_model(self.boto3_service_name)
        operation = self._get_action()
        if operation not in model.operation_names:
            return  # moto reports unknown operations
        operation_model: Any = model.operation_model(operation)
        arguments = self.parsed_arguments(operation_model)
        if violations := constraints.check(operation_model, arguments):
            raise RefusedError(constraints.error_code(operation_model), constraints.message(violations))
        checks = self.request_checks.get((model.service_name, operation), ())
        if checks:
            request = Request(
                model.service_name, operation, self.current_account, self.region, self.partition, arguments
            )
            for check in checks:
                check(request)

    def parsed_arguments(self, operation_model: Any) -> dict[str, Any]:
        """Return the request's arguments, keyed by member names of the service model."""
        request = self.normalized_request
        protocol = determine_request_protocol(operation_model.service_model, request.content_type)
        parsed: dict[str, Any] = PROTOCOL_PARSERS[protocol](operation_model).parse(
            {
                "method": request.method,
                "values": request.values,
                "headers": request.headers,
                "body": request.data,
                "url_path": request.path,
                "url_params": self.uri_match,
            }
        )
        return parsed


def install(patches: Patches) -> None:
    """Patch moto's base class of all services.

    Raises:
        QuotaError: REHEARSE_QUOTAS can't be used.
    """
    patches.install(BaseResponse, request_checks=_request_checks())


def _request_checks() -> RequestChecks:
    checks: dict[tuple[str, str], tuple[RequestCheck, ...]] = {}
    for module in (principals, kms, quotas, secretsmanager):
        for operation, check in module.request_checks():
            checks[operation] = (*checks.get(operation, ()), check)
    return checks


MOTO_PATCHES = (
    MotoPatch(
        name="core-constraints",
        moto="ignores the enums, patterns, lengths and ranges of the service models",
        aws="rejects requests that break them",
        source="API reference of every service, as in botocore's service models",
        upstream="to file: Core: Validate parameters against the constraints of the service model",
    ),
)
