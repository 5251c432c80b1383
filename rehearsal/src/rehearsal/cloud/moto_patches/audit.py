"""CloudTrail, GuardDuty, Security Hub, metric filters and EBS's default key: settings stay what they were set to."""

import json
from typing import Any
from urllib.parse import unquote

from moto.cloudtrail import models as cloudtrail
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.ec2.responses.elastic_block_store import ElasticBlockStore
from moto.guardduty import models as guardduty
from moto.guardduty import urls as guardduty_urls
from moto.guardduty.responses import GuardDutyResponse
from moto.logs.metric_filters import MetricFilters
from moto.securityhub.exceptions import SecurityHubClientError
from moto.securityhub.models import SecurityHubBackend
from moto.securityhub.responses import SecurityHubResponse

from rehearsal.cloud.moto_patches.base import MotoPatch
from rehearsal.cloud.patches import Patches

HUB_SETTINGS = ("AutoEnableControls", "ControlFindingGenerator")


def trail_name(patches: Patches) -> None:
    """Refuse a second trail of the same name."""

    def wrapper(original: Any) -> Any:
        def create_trail(self: Any, name: str, *rest: Any, **more: Any) -> Any:
            if name in self.trails:
                message = f"Trail {name} already exists for customer: {self.account_id}"
                raise JsonRESTError("TrailAlreadyExistsException", message)
            return original(self, name, *rest, **more)

        return create_trail

    patches.wrap(cloudtrail.CloudTrailBackend, "create_trail", wrapper)


def trail_selectors(patches: Patches) -> None:
    """Let what is put be all that there is, of insights and of both kinds of event selectors."""

    def put_insight_selectors(self: Any, insight_selectors: list[dict[str, str]]) -> None:
        self.insight_selectors = list(insight_selectors)

    def put_event_selectors(self: Any, event_selectors: Any, advanced_event_selectors: Any) -> None:
        self.event_selectors = event_selectors or []
        self.advanced_event_selectors = advanced_event_selectors or []

    patches.replace(cloudtrail.Trail, "put_insight_selectors", put_insight_selectors)
    patches.replace(cloudtrail.Trail, "put_event_selectors", put_event_selectors)


def one_detector(patches: Patches) -> None:
    """Refuse a second detector in a region."""

    def wrapper(original: Any) -> Any:
        def create_detector(self: Any, *given: Any, **more: Any) -> Any:
            if self.detectors:
                message = "The request is rejected because a detector already exists for the current account."
                raise JsonRESTError("BadRequestException", message)
            return original(self, *given, **more)

        return create_detector

    patches.wrap(guardduty.GuardDutyBackend, "create_detector", wrapper)


def detector_features(patches: Patches) -> None:
    """Change the features that are named, and leave the others."""

    def wrapper(original: Any) -> Any:
        def update(self: Any, enable: Any, frequency: Any, data_sources: Any, features: Any) -> None:
            named = {feature["name"]: feature for feature in [*self.features, *(features or [])]}
            original(self, enable, frequency, data_sources, list(named.values()))

        return update

    patches.wrap(guardduty.Detector, "update", wrapper)


def detector_tags(patches: Patches) -> None:
    """Add TagResource, UntagResource and ListTagsForResource."""

    def tag_resource(self: Any) -> str:
        _detector(self).tags |= self._get_param("tags")
        return "{}"

    def untag_resource(self: Any) -> str:
        tags = _detector(self).tags
        for key in self.querystring.get("tagKeys", ()):
            tags.pop(key, None)
        return "{}"

    def list_tags_for_resource(self: Any) -> str:
        return json.dumps({"tags": _detector(self).tags})

    patches.extend(GuardDutyResponse, tag_resource, untag_resource, list_tags_for_resource)
    patches.update(guardduty_urls.url_paths, {"{0}/tags/(?P<resource_arn>.+)$": GuardDutyResponse.dispatch})


def hub_settings(patches: Patches) -> None:
    """Add UpdateSecurityHubConfiguration, keep what EnableSecurityHub is told, and refuse to enable twice."""
    patches.add(SecurityHubBackend, "settings", None)

    def enabling(original: Any) -> Any:
        def enable_security_hub(self: Any) -> Any:
            if self.securityhub_backend.enabled:
                raise SecurityHubClientError("ResourceConflictException", "Account is already subscribed")
            given = json.loads(self.body) if self.body else {}
            self.securityhub_backend.settings = {key: given[key] for key in HUB_SETTINGS if key in given}
            return original(self)

        return enable_security_hub

    def describing(original: Any) -> Any:
        def describe_hub(self: Any, hub_arn: str | None = None) -> dict[str, Any]:
            return {**original(self, hub_arn), **(self.settings or {})}

        return describe_hub

    def update_security_hub_configuration(self: Any) -> str:
        backend = self.securityhub_backend
        backend.describe_hub()
        given = json.loads(self.body)
        backend.settings = (backend.settings or {}) | {key: given[key] for key in HUB_SETTINGS if key in given}
        return "{}"

    patches.wrap(SecurityHubResponse, "enable_security_hub", enabling)
    patches.wrap(SecurityHubBackend, "describe_hub", describing)
    patches.add(SecurityHubResponse, "update_security_hub_configuration", update_security_hub_configuration)


def metric_filter(patches: Patches) -> None:
    """Let a metric filter that is put again replace the one of its name and log group."""

    def wrapper(original: Any) -> Any:
        def add_filter(self: Any, name: str, pattern: str, group: str, transformations: Any) -> None:
            self.delete_filter(name, group)
            original(self, name, pattern, group, transformations)

        return add_filter

    patches.wrap(MetricFilters, "add_filter", wrapper)


def default_key(patches: Patches) -> None:
    """Add GetEbsDefaultKmsKeyId and ResetEbsDefaultKmsKeyId."""

    def get_ebs_default_kms_key_id(self: Any) -> ActionResult:
        backend = self.ec2_backend
        return ActionResult({"KmsKeyId": backend.default_kms_key_id or backend.modify_ebs_default_kms_key_id("")})

    def reset_ebs_default_kms_key_id(self: Any) -> ActionResult:
        return ActionResult({"KmsKeyId": self.ec2_backend.modify_ebs_default_kms_key_id("")})

    patches.extend(ElasticBlockStore, get_ebs_default_kms_key_id, reset_ebs_default_kms_key_id)


def _detector(response: Any) -> Any:
    arn = unquote(response.path.split("/tags/", 1)[1])
    return response.guardduty_backend.get_detector(arn.rpartition("/")[2])


MOTO_PATCHES = (
    MotoPatch(
        "cloudtrail-name",
        "replaces a trail by another one of its name",
        "refuses",
        "CloudTrail CreateTrail, TrailAlreadyExistsException",
        trail_name,
    ),
    MotoPatch(
        "cloudtrail-selectors",
        "adds insight selectors to those there are, and keeps advanced selectors beside basic ones",
        "replaces what there is",
        "CloudTrail PutInsightSelectors, PutEventSelectors",
        trail_selectors,
    ),
    MotoPatch(
        "guardduty-one-detector",
        "makes any number of detectors",
        "refuses a second one in a region",
        "GuardDuty CreateDetector",
        one_detector,
    ),
    MotoPatch(
        "guardduty-features",
        "forgets all features but those of the last update",
        "changes those that are named",
        "GuardDuty UpdateDetector, features",
        detector_features,
    ),
    MotoPatch(
        "guardduty-tags",
        "can't tag a detector that exists",
        "tags detectors",
        "GuardDuty TagResource, UntagResource, ListTagsForResource",
        detector_tags,
    ),
    MotoPatch(
        "securityhub-settings",
        "has a hub without settings, and enables it twice",
        "keeps its settings, updates them, and refuses to enable it again",
        "Security Hub EnableSecurityHub, UpdateSecurityHubConfiguration",
        hub_settings,
    ),
    MotoPatch(
        "logs-metric-filter",
        "adds a second metric filter of the same name",
        "replaces the first",
        "CloudWatch Logs PutMetricFilter",
        metric_filter,
    ),
    MotoPatch(
        "ec2-ebs-default-key",
        "can't tell the default key of volumes, or go back to AWS's own",
        "does both",
        "EC2 GetEbsDefaultKmsKeyId, ResetEbsDefaultKmsKeyId",
        default_key,
    ),
)
