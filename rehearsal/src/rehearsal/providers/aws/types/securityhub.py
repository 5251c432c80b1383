"""Security Hub: activation in an account."""

from rehearsal.providers.aws.context import no_args
from rehearsal.providers.aws.table import ApiCall, EmulatedType, from_context

_HUB_NOT_FOUND = "is not subscribed to AWS Security Hub"
TYPES = (
    EmulatedType(
        tokens=("aws:securityhub/account:Account",),
        service="securityhub",
        id=from_context(lambda context: context.account),
        create=ApiCall("enable_security_hub"),
        read=ApiCall("describe_hub", args=no_args),
        item="@",
        not_found_message=_HUB_NOT_FOUND,
        update=[ApiCall("update_security_hub_configuration", full_replace=True)],
        delete=ApiCall("disable_security_hub", args=no_args),
        names={"arn": "HubArn"},
        defaults={"autoEnableControls": True, "enableDefaultStandards": True},
        force_new=("enableDefaultStandards",),
    ),
)
