"""What watches and guards a whole account: CloudTrail, GuardDuty, Security Hub, metric filters, account settings."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rehearsal.providers.aws.calls import Args, input_shape
from rehearsal.providers.aws.mapping import members, to_aws
from rehearsal.providers.aws.table import Auto, Look, ResourceType, Step, of_item, of_work, op
from rehearsal.providers.aws.tags import TagCalls, Tags, tag_value, untag
from rehearsal.providers.aws.work import Work
from rehearsal.providers.values import Properties

_EVERYTHING = [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]
"""What a trail records that was not told what to record."""


def _named(work: Work) -> Args:
    return {"Name": work.get("name")}


def _switch_logging(work: Work) -> None:
    work.call("start_logging" if work.new.get("enableLogging", True) else "stop_logging", _named(work))


def _select_events(work: Work) -> None:
    wanted = {"TrailName": work.get("name")}
    shape = members(input_shape("cloudtrail", "put_event_selectors"))
    for name, member in (("advancedEventSelectors", "AdvancedEventSelectors"), ("eventSelectors", "EventSelectors")):
        if work.new.get(name):
            work.call("put_event_selectors", {**wanted, member: to_aws(shape[member], work.new[name], {})})
            return
    work.call("put_event_selectors", {**wanted, "EventSelectors": _EVERYTHING})


def _select_insights(work: Work) -> None:
    wanted = [{"InsightType": one["insightType"]} for one in work.new.get("insightSelectors") or []]
    work.call("put_insight_selectors", {"TrailName": work.get("name"), "InsightSelectors": wanted})


def _of_trail(work: Work) -> Args:
    return {"TrailName": work.get("name")}


def _own_selectors(answer: Any) -> Any:
    """Event selectors, unless they are what every trail begins with."""
    found = answer.get("EventSelectors") or []
    shown = [
        {
            "readWriteType": one.get("ReadWriteType", "All"),
            "includeManagementEvents": one.get("IncludeManagementEvents", True),
            "dataResources": [
                {"type": each["Type"], "values": each["Values"]} for each in one.get("DataResources") or []
            ],
        }
        for one in found
    ]
    return None if not found or found == _EVERYTHING else shown


@dataclass(frozen=True)
class TrailTags:
    """CloudTrail's tags: a list under a name of its own, read for many resources at once."""

    def on_create(self, service: str, operation: str, tags: Tags) -> Args:
        """The tags of a new trail."""
        return {"TagsList": tag_value(members(input_shape(service, operation))["TagsList"], tags)}

    def write(self, work: Work, wanted: Tags, gone: Iterable[str]) -> None:
        """Set all wanted tags and remove those gone."""
        keys = [{"Key": key} for key in gone]
        if keys:
            work.call("remove_tags", {"ResourceId": work.id, "TagsList": keys})
        if wanted:
            work.call("add_tags", {"ResourceId": work.id, **self.on_create("cloudtrail", "add_tags", wanted)})

    def read(self, work: Work, item: Any) -> Tags | None:  # noqa: ARG002  # the item has none
        """Live tags."""
        listed = work.call("list_tags", {"ResourceIdList": [work.id]})["ResourceTagList"]
        return untag(listed[0]["TagsList"]) if listed else {}


def _feature(work: Work) -> Args:
    extra = [{"Name": one["name"], "Status": one["status"]} for one in work.new.get("additionalConfigurations") or []]
    wanted = {"Name": work.new["name"], "Status": work.new["status"], "AdditionalConfiguration": extra or None}
    named = {name: value for name, value in wanted.items() if value is not None}
    return {"DetectorId": work.new["detectorId"], "Features": [named]}


def _find_feature(work: Work, answer: Any) -> Any:
    return next((one for one in answer.get("Features", []) if one["Name"] == work.get("name")), None)


_METRIC = {"name": "metricName", "namespace": "metricNamespace", "value": "metricValue"}


def _filter(work: Work) -> Args:
    transformation = members(input_shape("logs", "put_metric_filter"))["metricTransformations"]
    return {
        "filterName": work.new["name"],
        "logGroupName": work.new["logGroupName"],
        "filterPattern": work.new.get("pattern", ""),
        "metricTransformations": to_aws(transformation, [work.new["metricTransformation"]], _METRIC),
    }


def _transformation(item: Any) -> Properties:
    found = item["metricTransformations"][0]
    shown = {name: found.get(member) for name, member in _METRIC.items()}
    return {
        **shown,
        **{key: value for key, value in found.items() if key in {"dimensions", "unit"} and value},
        **({"defaultValue": f"{found['defaultValue']:g}"} if found.get("defaultValue") is not None else {}),
    }


def _find_filter(work: Work, answer: Any) -> Any:
    return next((one for one in answer["metricFilters"] if one["filterName"] == work.id), None)


def _switch_encryption(work: Work) -> None:
    wanted = work.new.get("enabled", True)
    work.call("enable_ebs_encryption_by_default" if wanted else "disable_ebs_encryption_by_default", {})


_NO_DETECTOR = "is not owned by the current account"
_NO_HUB = "is not subscribed to AWS Security Hub"
_SWITCHES = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

TYPES = (
    ResourceType(
        tokens=("aws:cloudtrail/trail:Trail",),
        service="cloudtrail",
        id="TrailARN",
        create=op("create_trail"),
        read=op("get_trail", lambda work: {"Name": work.id}),
        item="Trail",
        update=[
            Step(inputs=("advancedEventSelectors", "eventSelectors"), run=_select_events),
            Step(inputs=("insightSelectors",), run=_select_insights),
            Step(inputs=("enableLogging",), run=_switch_logging, always=True),
            op("update_trail", beside=_named),
        ],
        delete=op("delete_trail", _named),
        names={
            "arn": "TrailARN",
            "cloudWatchLogsGroupArn": "CloudWatchLogsLogGroupArn",
        },
        force=("name",),
        defaults={
            "enableLogging": True,
            "enableLogFileValidation": False,
            "includeGlobalServiceEvents": True,
            "isMultiRegionTrail": False,
            "isOrganizationTrail": False,
        },
        outputs={
            "enableLogFileValidation": "LogFileValidationEnabled",
            "homeRegion": of_item(lambda item: str(item["TrailARN"]).split(":")[3]),
        },
        also=[
            Look(
                name="get_event_selectors",
                args=_of_trail,
                outputs={
                    "advancedEventSelectors": "AdvancedEventSelectors",
                    "eventSelectors": of_item(_own_selectors),
                },
            ),
            Look(name="get_insight_selectors", args=_of_trail, outputs={"insightSelectors": "InsightSelectors"}),
            Look(name="get_trail_status", args=_named, outputs={"enableLogging": "IsLogging"}),
        ],
        tagging=TrailTags(),
        import_inputs=lambda arn: {"name": arn.rpartition("/")[2]},
    ),
    ResourceType(
        tokens=("aws:guardduty/detector:Detector",),
        service="guardduty",
        id="DetectorId",
        create=op("create_detector"),
        read=op("get_detector"),
        item="@",
        missing=_NO_DETECTOR,
        update=[op("update_detector", whole=True)],
        delete=op("delete_detector"),
        arn="arn:{partition}:guardduty:{region}:{account}:detector/{id}",
        defaults={"enable": True},
        outputs={
            "enable": of_item(lambda item: item["Status"] == "ENABLED"),
            "accountId": of_work(lambda work: work.account),
        },
        tagging=TagCalls("tag_resource", "untag_resource", lambda work: {"ResourceArn": work.get("arn")}),
    ),
    ResourceType(
        tokens=("aws:guardduty/detectorFeature:DetectorFeature",),
        service="guardduty",
        id="{detectorId}/{name}",
        create=op("update_detector", _feature, inputs=("detectorId", "name", "status", "additionalConfigurations")),
        read=op("get_detector", lambda work: {"DetectorId": work.id.split("/")[0]}),
        item=_find_feature,
        missing=_NO_DETECTOR,
        update=[op("update_detector", _feature, inputs=("status", "additionalConfigurations"))],
        delete=None,  # the real provider leaves a feature as it is, too
        names={"additionalConfigurations": "AdditionalConfiguration"},
        outputs={"detectorId": of_work(lambda work: work.id.split("/")[0])},
    ),
    ResourceType(
        tokens=("aws:securityhub/account:Account",),
        service="securityhub",
        id=of_work(lambda work: work.account),
        create=op("enable_security_hub"),
        read=op("describe_hub", lambda work: {}),  # noqa: ARG005  # there is one hub
        item="@",
        missing=_NO_HUB,
        update=[op("update_security_hub_configuration", whole=True)],
        delete=op("disable_security_hub", lambda work: {}),  # noqa: ARG005  # the same
        names={"arn": "HubArn"},
        defaults={"autoEnableControls": True, "enableDefaultStandards": True},
        force=("enableDefaultStandards",),
    ),
    ResourceType(
        tokens=("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",),
        service="s3control",
        id=of_work(lambda work: str(work.new.get("accountId") or work.account)),
        key="AccountId",
        create=op(
            "put_public_access_block",
            wrap="PublicAccessBlockConfiguration",
            beside=lambda work: {"AccountId": work.new.get("accountId") or work.account},
            carries=("accountId",),
        ),
        read=op("get_public_access_block"),
        item="PublicAccessBlockConfiguration",
        update=[op("put_public_access_block", wrap="PublicAccessBlockConfiguration", whole=True)],
        delete=op("delete_public_access_block"),
        defaults=dict.fromkeys(_SWITCHES, False),
        outputs={"accountId": of_work(lambda work: work.id)},
        import_inputs=lambda account: {"accountId": account},
    ),
    ResourceType(
        tokens=("aws:iam/accountPasswordPolicy:AccountPasswordPolicy",),
        service="iam",
        id=of_work(lambda work: "iam-account-password-policy"),  # noqa: ARG005  # there is one policy
        create=op("update_account_password_policy"),
        read=op("get_account_password_policy"),
        item="PasswordPolicy",
        update=[op("update_account_password_policy", whole=True)],
        delete=op("delete_account_password_policy"),
        defaults={"allowUsersToChangePassword": True},
    ),
    ResourceType(
        tokens=("aws:ebs/encryptionByDefault:EncryptionByDefault",),
        service="ec2",
        id=of_work(lambda work: f"ebs-encryption-{work.region}"),
        create=op("get_ebs_encryption_by_default", lambda work: {}),  # noqa: ARG005  # the step below switches
        read=op("get_ebs_encryption_by_default", lambda work: {}),  # noqa: ARG005  # one switch a region
        item="@",
        update=[Step(inputs=("enabled",), run=_switch_encryption, always=True)],
        delete=op("disable_ebs_encryption_by_default", lambda work: {}),  # noqa: ARG005  # the same
        defaults={"enabled": True},
        outputs={"enabled": "EbsEncryptionByDefault"},
    ),
    ResourceType(
        tokens=("aws:ebs/defaultKmsKey:DefaultKmsKey",),
        service="ec2",
        id="KmsKeyId",
        create=op("modify_ebs_default_kms_key_id", lambda work: {"KmsKeyId": work.new["keyArn"]}, inputs=("keyArn",)),
        read=op("get_ebs_default_kms_key_id", lambda work: {}),  # noqa: ARG005  # one key a region
        item="@",
        delete=op("reset_ebs_default_kms_key_id", lambda work: {}),  # noqa: ARG005  # the same
        outputs={"keyArn": "KmsKeyId"},
    ),
    ResourceType(
        tokens=("aws:cloudwatch/logMetricFilter:LogMetricFilter",),
        service="logs",
        id="{name}",
        create=op("put_metric_filter", _filter, inputs=("name", "logGroupName", "pattern", "metricTransformation")),
        read=op(
            "describe_metric_filters",
            lambda work: {"logGroupName": work.get("logGroupName"), "filterNamePrefix": work.id},
        ),
        item=_find_filter,
        update=[op("put_metric_filter", _filter, inputs=("pattern", "metricTransformation"))],
        delete=op(
            "delete_metric_filter",
            lambda work: {"logGroupName": work.get("logGroupName"), "filterName": work.id},
        ),
        auto=Auto(limit=512),
        names={"name": "filterName", "pattern": "filterPattern"},
        outputs={"metricTransformation": of_item(_transformation)},
        import_inputs=lambda text: dict(zip(("logGroupName", "name"), text.split(":"), strict=False)),
    ),
)
