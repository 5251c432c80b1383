"""KMS: replicas of multi-Region keys are keys of their own."""

from copy import copy
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.kms import models, responses

from rehearsal.cloud.moto_patches.base import MotoPatch
from rehearsal.cloud.patches import Patches


def replicate_key(patches: Patches) -> None:
    """Replicate a key named by id or ARN; the replica has its own policy, description, tags and aliases."""
    patches.replace(models.KmsBackend, "replicate_key", _replicate)

    def wrapper(original: Any) -> Any:
        def respond(self: Any) -> Any:
            answer = original(self)
            key_id = self.kms_backend.get_key_id(self._get_param("KeyId"))
            backend = models.kms_backends[self.kms_backend.account_id][self._get_param("ReplicaRegion")]
            replica = backend.keys[key_id]
            replica.policy = self._get_param("Policy") or replica.policy
            replica.description = self._get_param("Description") or replica.description
            if self._get_param("Tags"):
                backend.tagger.tag_resource(key_id, self._get_param("Tags"))
            return answer

        return respond

    patches.wrap(responses.KmsResponse, "replicate_key", wrapper)


def _replicate(self: Any, key_id: str, replica_region: str) -> Any:
    primary = self.keys[self.get_key_id(key_id)]
    if not primary.multi_region:
        raise JsonRESTError("UnsupportedOperationException", f"{primary.arn} is not a multi-region primary key.")
    target = models.kms_backends[self.account_id][replica_region]
    if primary.id in target.keys:
        raise JsonRESTError("AlreadyExistsException", f"{primary.id} already exists in {replica_region}.")
    replica = copy(primary)
    replica.region = replica_region
    replica.arn = primary.arn.replace(self.region_name, replica_region)
    replica.aliases, replica.grants, replica.rotations = {}, {}, []
    replica.policy = replica.generate_default_policy()
    replica.multi_region_configuration = primary.multi_region_configuration | {"MultiRegionKeyType": "REPLICA"}
    # Both configurations share this list, so each side names all replicas.
    primary.multi_region_configuration["ReplicaKeys"].append({"Arn": replica.arn, "Region": replica_region})
    target.keys[replica.id] = replica
    return replica


MOTO_PATCHES = (
    MotoPatch(
        "kms-replicate-key",
        "replicates by id only, keeps policy and tags of the primary, and shares its aliases",
        "takes an ARN too; the replica is a key of its own with its own policy, description, tags and aliases",
        "KMS ReplicateKey",
        replicate_key,
    ),
)
