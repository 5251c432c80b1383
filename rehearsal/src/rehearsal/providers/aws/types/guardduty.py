"""GuardDuty: detectors and their features."""

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import OperationContext, by_arn
from rehearsal.providers.aws.table import ApiCall, EmulatedType, find_by_property, from_context, from_response
from rehearsal.providers.aws.tags import TagOperations

_DETECTOR_NOT_FOUND = "is not owned by the current account"


def _feature_args(context: OperationContext) -> Args:
    additional = [
        {"Name": configuration["name"], "Status": configuration["status"]}
        for configuration in context.inputs.get("additionalConfigurations") or []
    ]
    feature = {
        "Name": context.inputs["name"],
        "Status": context.inputs["status"],
        "AdditionalConfiguration": additional or None,
    }
    present = {name: value for name, value in feature.items() if value is not None}
    return {"DetectorId": context.inputs["detectorId"], "Features": [present]}


TYPES = (
    EmulatedType(
        tokens=("aws:guardduty/detector:Detector",),
        service="guardduty",
        id="DetectorId",
        create=ApiCall("create_detector"),
        read=ApiCall("get_detector"),
        item="@",
        not_found_message=_DETECTOR_NOT_FOUND,
        update=[ApiCall("update_detector", full_replace=True)],
        delete=ApiCall("delete_detector"),
        arn="arn:{partition}:guardduty:{region}:{account}:detector/{id}",
        defaults={"enable": True},
        outputs={
            "enable": from_response(lambda item: item["Status"] == "ENABLED"),
            "accountId": from_context(lambda context: context.account),
        },
        tagging=TagOperations("tag_resource", "untag_resource", by_arn("ResourceArn")),
    ),
    EmulatedType(
        tokens=("aws:guardduty/detectorFeature:DetectorFeature",),
        service="guardduty",
        id="{detectorId}/{name}",
        create=ApiCall(
            "update_detector",
            args=_feature_args,
            covers_inputs=("detectorId", "name", "status", "additionalConfigurations"),
        ),
        read=ApiCall("get_detector", args=lambda context: {"DetectorId": context.id.split("/")[0]}),
        item=find_by_property("Features", "Name", "name"),
        not_found_message=_DETECTOR_NOT_FOUND,
        update=[ApiCall("update_detector", args=_feature_args, covers_inputs=("status", "additionalConfigurations"))],
        delete=None,  # like the real provider, leave the feature unchanged
        names={"additionalConfigurations": "AdditionalConfiguration"},
        outputs={"detectorId": from_context(lambda context: context.id.split("/")[0])},
    ),
)
