"""ACM: certificates and their validation."""

from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import OperationContext, by_id
from rehearsal.providers.aws.table import ApiCall, EmulatedType, from_response, input_value, stored_value
from rehearsal.providers.aws.tags import TagOperations
from rehearsal.providers.values import Properties


def _import_args(context: OperationContext) -> Args:
    imported = {
        "Certificate": context.inputs.get("certificateBody"),
        "CertificateChain": context.inputs.get("certificateChain"),
        "PrivateKey": context.inputs.get("privateKey") or context.inputs.get("privateKeyWo"),
    }
    return {name: value.encode() for name, value in imported.items() if value}


def _validation_options(item: Any) -> list[Properties]:
    return [
        {
            "domainName": option["DomainName"],
            "resourceRecordName": option["ResourceRecord"]["Name"],
            "resourceRecordType": option["ResourceRecord"]["Type"],
            "resourceRecordValue": option["ResourceRecord"]["Value"],
        }
        for option in item.get("DomainValidationOptions") or []
        if option.get("ResourceRecord")
    ]


def _alternative_names(item: Any) -> list[str]:
    """Return the alternative names except the domain name, which AWS lists among them."""
    return [name for name in item.get("SubjectAlternativeNames") or [] if name != item["DomainName"]]


TYPES = (
    EmulatedType(
        tokens=("aws:acm/certificate:Certificate",),
        service="acm",
        id="CertificateArn",
        create=ApiCall("request_certificate"),
        create_variants=(
            (
                lambda context: bool(context.inputs.get("certificateBody")),
                ApiCall(
                    "import_certificate",
                    args=_import_args,
                    covers_inputs=("certificateBody", "certificateChain", "privateKey", "privateKeyWo"),
                ),
            ),
        ),
        read=ApiCall("describe_certificate"),
        delete=ApiCall("delete_certificate"),
        names={"validationOptions": "DomainValidationOptions", "arn": "CertificateArn"},
        outputs={
            "domainValidationOptions": from_response(_validation_options),
            "subjectAlternativeNames": from_response(_alternative_names),
            "validationOptions": input_value("validationOptions"),
            "validationMethod": "DomainValidationOptions[0].ValidationMethod",
        },
        tagging=TagOperations(
            "add_tags_to_certificate",
            "remove_tags_from_certificate",
            by_id("CertificateArn"),
            list="list_tags_for_certificate",
        ),
    ),
    EmulatedType(
        tokens=("aws:acm/certificateValidation:CertificateValidation",),
        service="acm",
        id="{certificateArn}",
        id_argument="CertificateArn",
        create=ApiCall(
            "describe_certificate",
            args=lambda context: {"CertificateArn": context.inputs["certificateArn"]},
            covers_inputs=("certificateArn", "validationRecordFqdns"),
        ),
        read=ApiCall("describe_certificate", args=by_id("CertificateArn")),
        ready_when="Status=='ISSUED'",
        failed_when="Status=='FAILED'",
        outputs={"validationRecordFqdns": stored_value("validationRecordFqdns")},
    ),
)
