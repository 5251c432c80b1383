"""AWS Config and its role: a channel delivers where it is let in, a recorder keeps how it records."""

import json
from typing import Any

from moto.config import models as config
from moto.core.exceptions import JsonRESTError
from moto.iam import models as iam
from moto.iam.exceptions import IAMException
from moto.s3.models import s3_backends

from rehearsal.cloud.moto_patches.base import MotoPatch
from rehearsal.cloud.patches import Patches

SERVICE = "config.amazonaws.com"


def delivery_bucket(patches: Patches) -> None:
    """Refuse a bucket that is not there, and one whose policy does not name the service."""

    def wrapper(original: Any) -> Any:
        def put_delivery_channel(self: Any, delivery_channel: dict[str, Any]) -> Any:
            wanted = delivery_channel.get("s3BucketName", "")
            bucket = s3_backends[self.account_id][self.partition].buckets.get(wanted)
            if bucket is None:
                raise JsonRESTError("NoSuchBucketException", f"Cannot find a S3 bucket with name {wanted}.")
            if SERVICE not in _let_in(bucket.policy):
                message = f"Insufficient delivery policy to s3 bucket: {wanted}, unable to write to bucket"
                raise JsonRESTError("InsufficientDeliveryPolicyException", message)
            return original(self, delivery_channel)

        return put_delivery_channel

    patches.wrap(config.ConfigBackend, "put_delivery_channel", wrapper)


def recording_mode(patches: Patches) -> None:
    """Keep how often, and show it."""

    def wrapper(original: Any) -> Any:
        def put_configuration_recorder(self: Any, config_recorder: dict[str, Any]) -> Any:
            done = original(self, config_recorder)
            mode = config_recorder.get("recordingMode") or {"recordingFrequency": "CONTINUOUS"}
            self.recorders[config_recorder["name"]].recording_mode = mode
            return done

        return put_configuration_recorder

    patches.wrap(config.ConfigBackend, "put_configuration_recorder", wrapper)


def linked_role(patches: Patches) -> None:
    """Call the role as AWS does, and refuse a second one of the same service as AWS does."""

    def wrapper(original: Any) -> Any:
        def create_service_linked_role(self: Any, service_name: str, description: str, suffix: str) -> Any:
            taken = f"/aws-service-role/{service_name}/"
            if any(role.path == taken and role.name.endswith(suffix or "") for role in self.roles.values()):
                message = (
                    f"The role name of {service_name} has been taken in this account, please try a different suffix."
                )
                raise IAMException("InvalidInput", message)
            return original(self, service_name, description, suffix)

        return create_service_linked_role

    patches.update(iam.SERVICE_NAME_CONVERSION, {"config": "Config"})
    patches.wrap(iam.IAMBackend, "create_service_linked_role", wrapper)


def _let_in(policy: Any) -> set[str]:
    """Services that a bucket's policy allows something."""
    statements = json.loads(policy)["Statement"] if policy else []
    found: set[str] = set()
    for each in statements:
        if each["Effect"] == "Allow" and isinstance(each.get("Principal"), dict):
            services = each["Principal"].get("Service", [])
            found |= {services} if isinstance(services, str) else set(services)
    return found


MOTO_PATCHES = (
    MotoPatch(
        "config-delivery-bucket",
        "delivers to buckets that are not there, or do not let it in",
        "refuses both",
        "Config PutDeliveryChannel, NoSuchBucketException, InsufficientDeliveryPolicyException",
        delivery_bucket,
    ),
    MotoPatch(
        "config-recording-mode",
        "forgets how often resources are recorded",
        "keeps it, and records continuously when nothing is said",
        "Config PutConfigurationRecorder, RecordingMode",
        recording_mode,
    ),
    MotoPatch(
        "iam-service-linked-role",
        "writes Config's role in small letters, and says of a second one what it says of any role",
        "calls it AWSServiceRoleForConfig; a second one is an invalid input",
        "IAM CreateServiceLinkedRole; AWS Config Developer Guide, Using service-linked roles",
        linked_role,
    ),
)
