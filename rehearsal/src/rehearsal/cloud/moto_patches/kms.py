"""KMS: independent replicas of multi-Region keys, and keys pending deletion."""

import json
from collections.abc import Iterator
from copy import copy
from typing import Any, ClassVar, cast

from moto.core.exceptions import JsonRESTError
from moto.kms import models, responses
from moto.kms.models import Key
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches
from rehearsal.cloud.request import RefusedError, Request, RequestCheck

NEEDS_A_LIVE_KEY = {
    "CreateAlias": "TargetKeyId",
    "UpdateAlias": "TargetKeyId",
    **dict.fromkeys(
        (
            "CreateGrant",
            "Decrypt",
            "DisableKey",
            "DisableKeyRotation",
            "EnableKey",
            "EnableKeyRotation",
            "Encrypt",
            "GenerateDataKey",
            "GenerateDataKeyWithoutPlaintext",
            "ReplicateKey",
            "ScheduleKeyDeletion",
            "TagResource",
            "UntagResource",
            "UpdateKeyDescription",
        ),
        "KeyId",
    ),
}
"""Operation that AWS refuses for a key pending deletion → request member that names the key."""

ROTATION_DAYS = 365
"""Default rotation period of AWS, in days."""


class KmsBackend(models.KmsBackend):
    """KMS backend whose replica keys share only key material and id with the primary."""

    original: ClassVar[type[models.KmsBackend]]

    @override
    def replicate_key(self, key_id: str, replica_region: str) -> Key:
        primary = self.keys[self.get_key_id(key_id)]
        if not primary.multi_region:
            raise JsonRESTError("UnsupportedOperationException", f"{primary.arn} is not a multi-region primary key.")
        target = models.kms_backends[self.account_id][replica_region]
        if primary.id in target.keys:
            raise JsonRESTError("AlreadyExistsException", f"{primary.id} already exists in {replica_region}.")
        replica: Any = copy(primary)
        replica.region = replica_region
        replica.arn = primary.arn.replace(self.region_name, replica_region)
        replica.aliases, replica.grants, replica.rotations = {}, {}, []
        replica.policy = replica.generate_default_policy()
        configuration: Any = primary.multi_region_configuration
        replica.multi_region_configuration = configuration | {"MultiRegionKeyType": "REPLICA"}
        # Both configurations share this list, so both keys list all replicas.
        configuration["ReplicaKeys"].append({"Arn": replica.arn, "Region": replica_region})
        target.keys[replica.id] = replica
        return cast("Key", replica)


class KmsResponse(responses.KmsResponse):
    """ReplicateKey with a policy, description and tags, and rotation with a period."""

    original: ClassVar[type[responses.KmsResponse]]

    @override
    def replicate_key(self) -> str:
        answer = KmsResponse.original.replicate_key(self)
        key_id = self.kms_backend.get_key_id(self._get_param("KeyId"))
        backend = models.kms_backends[self.kms_backend.account_id][self._get_param("ReplicaRegion")]
        replica = backend.keys[key_id]
        replica.policy = self._get_param("Policy") or replica.policy
        replica.description = self._get_param("Description") or replica.description
        if self._get_param("Tags"):
            backend.tagger.tag_resource(key_id, self._get_param("Tags"))
        return answer

    @override
    def enable_key_rotation(self) -> str:
        answer = KmsResponse.original.enable_key_rotation(self)
        key: Any = self.kms_backend.describe_key(self._get_param("KeyId"))
        key.rotation_period = self._get_param("RotationPeriodInDays") or getattr(key, "rotation_period", ROTATION_DAYS)
        return answer

    @override
    def get_key_rotation_status(self) -> str:
        status = json.loads(KmsResponse.original.get_key_rotation_status(self))
        key: Any = self.kms_backend.describe_key(self._get_param("KeyId"))
        if status["KeyRotationEnabled"]:
            status["RotationPeriodInDays"] = getattr(key, "rotation_period", ROTATION_DAYS)
        return json.dumps(status)


def request_checks() -> Iterator[tuple[tuple[str, str], RequestCheck]]:
    """Yield the checks of this module, each with its service and operation."""
    for operation, member in NEEDS_A_LIVE_KEY.items():
        yield ("kms", operation), _live_key(member)


def _live_key(member: str) -> RequestCheck:
    def check(request: Request) -> None:
        backend = models.kms_backends[request.account][request.region]
        name = request.arguments.get(member)
        key = _find_key(backend, name) if name else None
        if key is not None and key.key_state == "PendingDeletion":
            raise RefusedError("KMSInvalidStateException", f"{key.arn} is pending deletion.")

    return check


def _find_key(backend: models.KmsBackend, name: str) -> Key | None:
    """Return a key by its id, ARN, alias or alias ARN."""
    identifier: Any = backend.get_key_id(backend.get_alias_name(name))
    if identifier.startswith("alias/"):
        identifier = backend.get_key_id_from_alias(identifier)
    return backend.keys.get(backend.get_key_id(identifier)) if identifier else None


def install(patches: Patches) -> None:
    """Patch moto's KMS."""
    patches.install(KmsBackend)
    patches.install(KmsResponse)


MOTO_PATCHES = (
    MotoPatch(
        name="kms-rotation-period",
        moto="drops the period of key rotation",
        aws="stores and returns it; the default is 365 days",
        source="KMS EnableKeyRotation, GetKeyRotationStatus",
        upstream="to file: KMS: Support RotationPeriodInDays",
    ),
    MotoPatch(
        name="kms-replicate-key",
        moto="accepts only a key id, copies policy and tags of the primary key, and shares its aliases",
        aws="accepts an ARN too, and gives the replica a separate policy, description, tags and aliases",
        source="KMS ReplicateKey",
        upstream="to file: KMS: Accept ARNs and create an independent key in ReplicateKey",
    ),
    MotoPatch(
        name="kms-pending-deletion",
        moto="still changes, uses and deletes a key that is pending deletion",
        aws="rejects this with KMSInvalidStateException",
        source="AWS KMS Developer Guide, Key states of AWS KMS keys",
        operations=("CreateAlias", "ScheduleKeyDeletion"),
        upstream="to file: KMS: Raise KMSInvalidStateException for keys that are pending deletion",
    ),
)
