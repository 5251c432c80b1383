"""AWS Config: recorders, delivery channels and the recorder's status."""

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import OperationContext, by_id, by_ids, no_args
from rehearsal.providers.aws.table import ApiCall, CustomUpdate, EmulatedType


def _recorder_name(context: OperationContext) -> Args:
    return {"ConfigurationRecorderName": context.get("name")}


def _start_or_stop(context: OperationContext) -> None:
    verb = "start" if context.inputs["isEnabled"] else "stop"
    context.call(f"{verb}_configuration_recorder", _recorder_name(context))


TYPES = (
    EmulatedType(
        tokens=("aws:cfg/recorder:Recorder",),
        service="config",
        id="{name}",
        create=ApiCall("put_configuration_recorder", nested_in="ConfigurationRecorder"),
        read=ApiCall("describe_configuration_recorders", args=by_ids("ConfigurationRecorderNames")),
        item="ConfigurationRecorders[0]",
        update=[ApiCall("put_configuration_recorder", nested_in="ConfigurationRecorder", full_replace=True)],
        delete=ApiCall("delete_configuration_recorder", args=_recorder_name),
        names={"recordingStrategies": "recordingStrategy", "recordingModeOverride": "recordingModeOverrides"},
        defaults={"name": "default"},
        force_new=("name",),
    ),
    EmulatedType(
        tokens=("aws:cfg/deliveryChannel:DeliveryChannel",),
        service="config",
        id="{name}",
        create=ApiCall("put_delivery_channel", nested_in="DeliveryChannel"),
        read=ApiCall("describe_delivery_channels", args=by_ids("DeliveryChannelNames")),
        item="DeliveryChannels[0]",
        update=[ApiCall("put_delivery_channel", nested_in="DeliveryChannel", full_replace=True)],
        delete=ApiCall("delete_delivery_channel", args=by_id("DeliveryChannelName")),
        names={"snapshotDeliveryProperties": "configSnapshotDeliveryProperties"},
        defaults={"name": "default"},
        force_new=("name",),
    ),
    EmulatedType(
        tokens=("aws:cfg/recorderStatus:RecorderStatus",),
        service="config",
        id="{name}",
        create=ApiCall("describe_configuration_recorder_status", args=no_args, covers_inputs=("name",)),
        read=ApiCall("describe_configuration_recorder_status", args=by_ids("ConfigurationRecorderNames")),
        item="ConfigurationRecordersStatus[0]",
        update=[CustomUpdate(inputs=("isEnabled",), run=_start_or_stop, always_on_create=True)],
        delete=ApiCall("stop_configuration_recorder", args=_recorder_name),
        outputs={"isEnabled": "recording"},
    ),
)
