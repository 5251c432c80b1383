"""IAM: service-linked roles, and policies in use."""

from typing import ClassVar

from moto.iam import models
from moto.iam.exceptions import DeleteConflictException, IAMException
from moto.iam.models import Role
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches


class IAMBackend(models.IAMBackend):
    """IAM backend with unique service-linked roles. Policies in use can't be deleted."""

    original: ClassVar[type[models.IAMBackend]]

    @override
    def create_service_linked_role(self, service_name: str, description: str, suffix: str) -> Role:
        path = f"/aws-service-role/{service_name}/"
        if any(role.path == path and role.name.endswith(suffix or "") for role in self.roles.values()):
            message = f"The role name of {service_name} has been taken in this account, please try a different suffix."
            raise IAMException("InvalidInput", message)
        return IAMBackend.original.create_service_linked_role(self, service_name, description, suffix)

    @override
    def delete_policy(self, policy_arn: str) -> None:
        policy = self.get_policy(policy_arn)
        if policy.attachment_count:
            raise DeleteConflictException("Cannot delete a policy attached to entities.")
        if len(policy.versions) > 1:
            raise DeleteConflictException(
                "This policy has more than one version. Before you delete a policy, you must delete the policy's "
                "versions. The default version is deleted with the policy."
            )
        IAMBackend.original.delete_policy(self, policy_arn)


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
    MotoPatch(
        name="iam-policy-in-use",
        moto="deletes a managed policy that is attached or has several versions",
        aws="rejects the deletion with DeleteConflict",
        source="IAM DeletePolicy",
        upstream="to file: IAM: Reject DeletePolicy if the policy is attached or has several versions",
    ),
)
