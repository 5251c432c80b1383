"""WAFv2: associations and names of web ACLs, and names of log destinations."""

import re
from typing import Any, ClassVar

from moto.core.exceptions import JsonRESTError
from moto.wafv2 import models
from moto.wafv2.exceptions import WAFNonexistentItemException
from moto.wafv2.models import FakeLoggingConfiguration
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches

LOG_DESTINATION_PREFIX = "aws-waf-logs-"


class WAFV2Backend(models.WAFV2Backend):
    """WAF backend with at most one web ACL per resource.

    A web ACL can't be deleted while a resource uses it.
    """

    original: ClassVar[type[models.WAFV2Backend]]

    @override
    def associate_web_acl(self, web_acl_arn: str, resource_arn: str) -> None:
        if web_acl_arn not in self.wacls:
            raise WAFNonexistentItemException
        self.disassociate_web_acl(resource_arn)
        WAFV2Backend.original.associate_web_acl(self, web_acl_arn, resource_arn)

    @override
    def create_web_acl(self, name: str, *args: Any, **settings: Any) -> models.FakeWebACL:
        if any(acl.name == name for acl in self.wacls.values()):
            raise JsonRESTError(
                "WAFDuplicateItemException",
                "AWS WAF couldn't perform the operation because some resource in your request is a duplicate of an "
                "existing one.",
            )
        return WAFV2Backend.original.create_web_acl(self, name, *args, **settings)

    @override
    def delete_web_acl(self, name: str, scope: str, _id: str, lock_token: str) -> None:
        for acl in list(self.wacls.values()):
            if acl.id == _id and acl.associated_resources:
                raise JsonRESTError(
                    "WAFAssociatedItemException",
                    f"AWS WAF couldn't perform the operation because {name} is in use by another resource.",
                )
        WAFV2Backend.original.delete_web_acl(self, name, scope, _id, lock_token)

    @override
    def put_logging_configuration(
        self, arn: str, log_destination_configs: list[str], *args: Any, **settings: Any
    ) -> FakeLoggingConfiguration:
        for destination in log_destination_configs:
            if not re.search(rf"[:/]{LOG_DESTINATION_PREFIX}[^:/]+(:\*)?$", destination):
                raise JsonRESTError(
                    "WAFInvalidParameterException",
                    f"The ARN isn't valid: the name of {destination} must begin with {LOG_DESTINATION_PREFIX}",
                )
        return WAFV2Backend.original.put_logging_configuration(self, arn, log_destination_configs, *args, **settings)


def install(patches: Patches) -> None:
    """Patch moto's WAFv2."""
    patches.install(WAFV2Backend)


MOTO_PATCHES = (
    MotoPatch(
        name="wafv2-associations",
        moto="associates several web ACLs with one resource, and deletes a web ACL in use",
        aws="replaces the resource's web ACL, and rejects the deletion of a web ACL in use",
        source="WAFV2 AssociateWebACL, DeleteWebACL",
        upstream="to file: WAFv2: Replace the association in AssociateWebACL, reject DeleteWebACL if in use",
    ),
    MotoPatch(
        name="wafv2-log-destination",
        moto="accepts any log destination",
        aws="requires a destination whose name begins with aws-waf-logs-",
        source="WAFV2 LoggingConfiguration, LogDestinationConfigs",
        upstream="to file: WAFv2: Check the name of the log destination in PutLoggingConfiguration",
    ),
    MotoPatch(
        name="wafv2-duplicate",
        moto="rejects a second web ACL of the same name with the code WafV2DuplicateItem",
        aws="rejects it with WAFDuplicateItemException",
        source="WAFV2 CreateWebACL, WAFDuplicateItemException",
        upstream="to file: WAFv2: Correct the code of WAFDuplicateItemException",
    ),
)
