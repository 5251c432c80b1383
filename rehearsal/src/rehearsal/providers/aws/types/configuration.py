"""AWS Config: its recorder, where that delivers, whether it runs; and the service-linked role under which it looks."""

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.table import ResourceType, Step, of_item, op
from rehearsal.providers.aws.tags import TagCalls
from rehearsal.providers.aws.work import Work


def _recorders(work: Work) -> Args:
    return {"ConfigurationRecorderNames": [work.id]}


def _one_recorder(work: Work) -> Args:
    return {"ConfigurationRecorderName": work.get("name")}


def _switch(work: Work) -> None:
    verb = "start" if work.new["isEnabled"] else "stop"
    work.call(f"{verb}_configuration_recorder", _one_recorder(work))


def _linked_role(work: Work) -> Args:
    return {"RoleName": work.id.rpartition("/")[2]}


TYPES = (
    ResourceType(
        tokens=("aws:cfg/recorder:Recorder",),
        service="config",
        id="{name}",
        create=op("put_configuration_recorder", wrap="ConfigurationRecorder"),
        read=op("describe_configuration_recorders", _recorders),
        item="ConfigurationRecorders[0]",
        update=[op("put_configuration_recorder", wrap="ConfigurationRecorder", whole=True)],
        delete=op("delete_configuration_recorder", _one_recorder),
        names={"recordingStrategies": "recordingStrategy", "recordingModeOverride": "recordingModeOverrides"},
        defaults={"name": "default"},
        force=("name",),
    ),
    ResourceType(
        tokens=("aws:cfg/deliveryChannel:DeliveryChannel",),
        service="config",
        id="{name}",
        create=op("put_delivery_channel", wrap="DeliveryChannel"),
        read=op("describe_delivery_channels", lambda work: {"DeliveryChannelNames": [work.id]}),
        item="DeliveryChannels[0]",
        update=[op("put_delivery_channel", wrap="DeliveryChannel", whole=True)],
        delete=op("delete_delivery_channel", lambda work: {"DeliveryChannelName": work.id}),
        names={"snapshotDeliveryProperties": "configSnapshotDeliveryProperties"},
        defaults={"name": "default"},
        force=("name",),
    ),
    ResourceType(
        tokens=("aws:cfg/recorderStatus:RecorderStatus",),
        service="config",
        id="{name}",
        create=op("describe_configuration_recorder_status", lambda work: {}, inputs=("name",)),  # noqa: ARG005  # the step below switches
        read=op("describe_configuration_recorder_status", _recorders),
        item="ConfigurationRecordersStatus[0]",
        update=[Step(inputs=("isEnabled",), run=_switch, always=True)],
        delete=op("stop_configuration_recorder", _one_recorder),
        outputs={"isEnabled": "recording"},
    ),
    ResourceType(
        tokens=("aws:iam/serviceLinkedRole:ServiceLinkedRole",),
        service="iam",
        id="Arn",
        create=op("create_service_linked_role"),
        read=op("get_role", _linked_role),
        update=[
            op(
                "update_role_description",
                lambda work: {**_linked_role(work), "Description": work.new.get("description", "")},
                inputs=("description",),
            )
        ],
        delete=op("delete_service_linked_role", _linked_role),
        names={"name": "RoleName", "uniqueId": "RoleId"},
        outputs={"awsServiceName": of_item(lambda item: item["Path"].split("/")[2])},
        tagging=TagCalls("tag_role", "untag_role", _linked_role),
    ),
)
