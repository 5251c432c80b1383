"""CloudTrail: unique trail names, and selectors that replace the existing ones."""

from typing import Any, ClassVar

from moto.cloudtrail import models
from moto.core.exceptions import JsonRESTError
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches


class CloudTrailBackend(models.CloudTrailBackend):
    """Backend with unique trail names. Deleting a trail deletes its tags."""

    original: ClassVar[type[models.CloudTrailBackend]]

    @override
    def create_trail(self, name: str, *args: Any, **settings: Any) -> models.Trail:
        if name in self.trails:
            message = f"Trail {name} already exists for customer: {self.account_id}"
            raise JsonRESTError("TrailAlreadyExistsException", message)
        return CloudTrailBackend.original.create_trail(self, name, *args, **settings)

    @override
    def delete_trail(self, name: str) -> None:
        trail = self.trails.get(name)
        CloudTrailBackend.original.delete_trail(self, name)
        if trail is not None:
            self.tagging_service.delete_all_tags_for_resource(trail.arn)


class Trail(models.Trail):
    """Trail with either basic or advanced event selectors."""

    original: ClassVar[type[models.Trail]]

    @override
    def put_insight_selectors(self, insight_selectors: list[dict[str, str]]) -> None:
        self.insight_selectors = list(insight_selectors)

    @override
    def put_event_selectors(
        self, event_selectors: list[dict[str, Any]], advanced_event_selectors: list[dict[str, Any]]
    ) -> None:
        self.event_selectors = event_selectors or []
        self.advanced_event_selectors = advanced_event_selectors or []


def install(patches: Patches) -> None:
    """Patch moto's CloudTrail."""
    patches.install(CloudTrailBackend)
    patches.install(Trail)


MOTO_PATCHES = (
    MotoPatch(
        name="cloudtrail-deleted-trail-tags",
        moto="keeps the tags of a deleted trail, and a new trail of the same name gets them",
        aws="deletes the tags too",
        source="CloudTrail DeleteTrail, ListTags",
        upstream="to file: CloudTrail: Delete tags in DeleteTrail",
    ),
    MotoPatch(
        name="cloudtrail-name",
        moto="replaces an existing trail of the same name",
        aws="rejects a second trail of the same name",
        source="CloudTrail CreateTrail, TrailAlreadyExistsException",
        upstream="to file: CloudTrail: Raise TrailAlreadyExistsException in CreateTrail",
    ),
    MotoPatch(
        name="cloudtrail-selectors",
        moto="adds insight selectors to the existing ones, and keeps both basic and advanced event selectors",
        aws="replaces the existing selectors",
        source="CloudTrail PutInsightSelectors, PutEventSelectors",
        upstream="to file: CloudTrail: Replace existing selectors in PutInsightSelectors and PutEventSelectors",
    ),
)
