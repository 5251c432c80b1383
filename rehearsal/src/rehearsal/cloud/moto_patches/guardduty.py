"""GuardDuty: one detector per region, updates of single features, and tags."""

import json
from typing import Any, ClassVar, cast
from urllib.parse import unquote

from moto.core.exceptions import JsonRESTError
from moto.guardduty import models, responses, urls
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches


class GuardDutyBackend(models.GuardDutyBackend):
    """GuardDuty backend with at most one detector per region."""

    original: ClassVar[type[models.GuardDutyBackend]]

    @override
    def create_detector(self, *args: Any, **settings: Any) -> str:
        if self.detectors:
            message = "The request is rejected because a detector already exists for the current account."
            raise JsonRESTError("BadRequestException", message)
        return GuardDutyBackend.original.create_detector(self, *args, **settings)


class Detector(models.Detector):
    """Detector that keeps the features that an update does not name."""

    original: ClassVar[type[models.Detector]]

    @override
    def update(
        self,
        enable: bool,
        finding_publishing_frequency: str,
        data_sources: dict[str, Any],
        features: list[dict[str, Any]],
    ) -> None:
        merged = {feature["name"]: feature for feature in [*self.features, *(features or [])]}
        Detector.original.update(self, enable, finding_publishing_frequency, data_sources, list(merged.values()))


class GuardDutyResponse(responses.GuardDutyResponse):
    """Operations on the tags of detectors."""

    original: ClassVar[type[responses.GuardDutyResponse]]

    def tag_resource(self) -> str:
        """Add or replace tags."""
        self.find_detector().tags |= self._get_param("tags")
        return "{}"

    def untag_resource(self) -> str:
        """Remove tags."""
        tags = self.find_detector().tags
        for key in cast("dict[str, list[str]]", self.querystring).get("tagKeys", ()):
            tags.pop(key, None)
        return "{}"

    def list_tags_for_resource(self) -> str:
        """Return the tags of a detector."""
        return json.dumps({"tags": self.find_detector().tags})

    def find_detector(self) -> models.Detector:
        """Return the detector that the path names."""
        arn = unquote(self.path.split("/tags/", 1)[1])
        return self.guardduty_backend.get_detector(arn.rpartition("/")[2])


def install(patches: Patches) -> None:
    """Patch moto's GuardDuty."""
    patches.install(GuardDutyBackend)
    patches.install(Detector)
    patches.install(GuardDutyResponse)
    patches.update(urls.url_paths, {"{0}/tags/(?P<resource_arn>.+)$": responses.GuardDutyResponse.dispatch})


MOTO_PATCHES = (
    MotoPatch(
        name="guardduty-one-detector",
        moto="creates any number of detectors",
        aws="rejects a second detector in a region",
        source="GuardDuty CreateDetector",
        upstream="to file: GuardDuty: Reject a second detector in CreateDetector",
    ),
    MotoPatch(
        name="guardduty-features",
        moto="drops all features that an update does not name",
        aws="changes only the named features",
        source="GuardDuty UpdateDetector, features",
        upstream="to file: GuardDuty: Merge features in UpdateDetector",
    ),
    MotoPatch(
        name="guardduty-tags",
        moto="can't tag an existing detector",
        aws="tags existing detectors",
        source="GuardDuty TagResource, UntagResource, ListTagsForResource",
        upstream="to file: GuardDuty: Support TagResource, UntagResource and ListTagsForResource",
    ),
)
