"""IAM: name and uniqueness of service-linked roles."""

from typing import ClassVar

from moto.iam import models
from moto.iam.exceptions import IAMException
from moto.iam.models import Role
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches


class IAMBackend(models.IAMBackend):
    """IAM backend with at most one service-linked role per service and suffix."""

    original: ClassVar[type[models.IAMBackend]]

    @override
    def create_service_linked_role(self, service_name: str, description: str, suffix: str) -> Role:
        path = f"/aws-service-role/{service_name}/"
        if any(role.path == path and role.name.endswith(suffix or "") for role in self.roles.values()):
            message = f"The role name of {service_name} has been taken in this account, please try a different suffix."
            raise IAMException("InvalidInput", message)
        return IAMBackend.original.create_service_linked_role(self, service_name, description, suffix)


def install(patches: Patches) -> None:
    """Patch moto's IAM."""
    patches.update(models.SERVICE_NAME_CONVERSION, {"config": "Config"})
    patches.install(IAMBackend)


MOTO_PATCHES = (
    MotoPatch(
        name="iam-service-linked-role",
        moto="writes the name of Config's role in lower case, and rejects a second role with EntityAlreadyExists",
        aws="names the role AWSServiceRoleForConfig, and rejects a second role with InvalidInput",
        source="IAM CreateServiceLinkedRole; AWS Config Developer Guide, Using service-linked roles",
        upstream="to file: IAM: Correct the name and the duplicate error of service-linked roles",
    ),
)
