"""KMS: replicas of multi-Region keys with a separate policy, tags and aliases."""

from copy import copy
from typing import Any, ClassVar, cast

from moto.core.exceptions import JsonRESTError
from moto.kms import models, responses
from moto.kms.models import Key
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches


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
    """ReplicateKey with a policy, description and tags."""

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


def install(patches: Patches) -> None:
    """Patch moto's KMS."""
    patches.install(KmsBackend)
    patches.install(KmsResponse)


MOTO_PATCHES = (
    MotoPatch(
        name="kms-replicate-key",
        moto="accepts only a key id, copies policy and tags of the primary key, and shares its aliases",
        aws="accepts an ARN too, and gives the replica a separate policy, description, tags and aliases",
        source="KMS ReplicateKey",
        upstream="to file: KMS: Accept ARNs and create an independent key in ReplicateKey",
    ),
)
