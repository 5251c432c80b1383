"""SSM Parameter Store: parameters."""

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import OperationContext, by_id
from rehearsal.providers.aws.table import ApiCall, AutoName, EmulatedType, ExtraRead, OutputFunction, from_context
from rehearsal.providers.aws.tags import TagsByResourceType


def _put_args(context: OperationContext) -> Args:
    value = next(
        (context.inputs[name] for name in ("value", "insecureValue", "valueWo") if context.inputs.get(name)), None
    )
    new = not context.id
    return {
        "Name": context.inputs["name"],
        "Value": value,
        "Type": context.inputs["type"],
        "Description": context.inputs.get("description"),
        "KeyId": context.inputs.get("keyId"),
        "AllowedPattern": context.inputs.get("allowedPattern"),
        "Tier": context.inputs.get("tier"),
        "DataType": context.inputs.get("dataType"),
        "Overwrite": bool(context.inputs.get("overwrite")) if new else True,
    }


_PARAMETER_INPUTS = (
    "allowedPattern", "dataType", "description", "insecureValue", "keyId", "tier", "type", "value", "valueWo",
)  # fmt: skip


def _describe_args(context: OperationContext) -> Args:
    return {"ParameterFilters": [{"Key": "Name", "Option": "Equals", "Values": [context.id]}]}


def _value_output(name: str) -> OutputFunction:
    """Return an output function for `value` or `insecureValue`.

    `insecureValue` is set only if the program sets the input of the same name.
    """
    return lambda context, item: item["Value"] if context.get(name) is not None or name == "value" else None


TYPES = (
    EmulatedType(
        tokens=("aws:ssm/parameter:Parameter",),
        service="ssm",
        id="{name}",
        create=ApiCall("put_parameter", args=_put_args, covers_inputs=("name", *_PARAMETER_INPUTS)),
        read=ApiCall("get_parameter", args=lambda context: {"Name": context.id, "WithDecryption": True}),
        update=[ApiCall("put_parameter", args=_put_args, covers_inputs=_PARAMETER_INPUTS)],
        delete=ApiCall("delete_parameter", args=by_id("Name")),
        autoname=AutoName(max_length=2048),
        state_only=("overwrite", "valueWoVersion"),
        force_new=("type", "dataType"),
        outputs={
            "value": _value_output("value"),
            "insecureValue": _value_output("insecureValue"),
            "hasValueWo": from_context(lambda context: bool(context.get("valueWo"))),
        },
        extra_reads=[
            ExtraRead(
                "describe_parameters",
                args=_describe_args,
                outputs={
                    "description": "Parameters[0].Description",
                    "tier": "Parameters[0].Tier",
                    "keyId": "Parameters[0].KeyId",
                    "allowedPattern": "Parameters[0].AllowedPattern",
                },
            ),
        ],
        tagging=TagsByResourceType(
            "Parameter", "add_tags_to_resource", "remove_tags_from_resource", "list_tags_for_resource"
        ),
    ),
)
