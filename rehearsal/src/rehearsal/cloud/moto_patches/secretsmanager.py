"""Secrets Manager: names of secrets that are scheduled for deletion."""

from collections.abc import Iterator

from moto.secretsmanager.models import secretsmanager_backends

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.request import RefusedError, Request, RequestCheck


def check_deleted_name(request: Request) -> None:
    """Refuse the name of a secret that is scheduled for deletion."""
    secrets = secretsmanager_backends[request.account][request.region].secrets
    name = request.arguments["Name"]
    if name in secrets and secrets[name].is_deleted():
        message = "You can't create this secret because a secret with this name is already scheduled for deletion."
        raise RefusedError("InvalidRequestException", message)


def request_checks() -> Iterator[tuple[tuple[str, str], RequestCheck]]:
    """Yield the checks of this module, each with its service and operation."""
    yield ("secretsmanager", "CreateSecret"), check_deleted_name


MOTO_PATCHES = (
    MotoPatch(
        name="secretsmanager-deleted-name",
        moto="rejects the name of a secret that is scheduled for deletion with ResourceExistsException",
        aws="rejects it with InvalidRequestException",
        source="Secrets Manager CreateSecret; user guide, Delete an AWS Secrets Manager secret",
        upstream="to file: SecretsManager: Raise InvalidRequestException for names of deleted secrets",
    ),
)
