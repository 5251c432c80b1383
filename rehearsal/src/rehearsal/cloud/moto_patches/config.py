"""AWS Config: delivery buckets and recording mode."""

import json
from typing import Any, ClassVar

from moto.config import models
from moto.core.exceptions import JsonRESTError
from moto.s3.models import s3_backends
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches

CONFIG_SERVICE = "config.amazonaws.com"


class ConfigBackend(models.ConfigBackend):
    """Delivery channels with a checked bucket, and recorders with a recording mode."""

    original: ClassVar[type[models.ConfigBackend]]

    @override
    def put_delivery_channel(self, delivery_channel: dict[str, Any]) -> None:
        name = delivery_channel.get("s3BucketName", "")
        bucket = s3_backends[self.account_id][self.partition].buckets.get(name)
        if bucket is None:
            raise JsonRESTError("NoSuchBucketException", f"Cannot find a S3 bucket with name {name}.")
        if CONFIG_SERVICE not in _allowed_services(bucket.policy):
            message = f"Insufficient delivery policy to s3 bucket: {name}, unable to write to bucket"
            raise JsonRESTError("InsufficientDeliveryPolicyException", message)
        ConfigBackend.original.put_delivery_channel(self, delivery_channel)

    @override
    def put_configuration_recorder(self, config_recorder: dict[str, Any]) -> None:
        ConfigBackend.original.put_configuration_recorder(self, config_recorder)
        recorder: Any = self.recorders[config_recorder["name"]]
        recorder.recording_mode = config_recorder.get("recordingMode") or {"recordingFrequency": "CONTINUOUS"}


def _allowed_services(policy: Any) -> set[str]:
    """Return the services with an Allow statement in a bucket policy."""
    statements = json.loads(policy)["Statement"] if policy else []
    allowed: set[str] = set()
    for statement in statements:
        if statement["Effect"] == "Allow" and isinstance(statement.get("Principal"), dict):
            services = statement["Principal"].get("Service", [])
            allowed |= {services} if isinstance(services, str) else set(services)
    return allowed


def install(patches: Patches) -> None:
    """Patch moto's AWS Config."""
    patches.install(ConfigBackend)


MOTO_PATCHES = (
    MotoPatch(
        name="config-delivery-bucket",
        moto="accepts a delivery bucket that does not exist or does not allow Config to write",
        aws="rejects a bucket that does not exist or does not allow Config to write",
        source="Config PutDeliveryChannel, NoSuchBucketException, InsufficientDeliveryPolicyException",
        upstream="to file: Config: Check the bucket and its policy in PutDeliveryChannel",
    ),
    MotoPatch(
        name="config-recording-mode",
        moto="drops the recording frequency",
        aws="stores the recording frequency, by default continuous",
        source="Config PutConfigurationRecorder, RecordingMode",
        upstream="to file: Config: Store recordingMode in PutConfigurationRecorder",
    ),
)
