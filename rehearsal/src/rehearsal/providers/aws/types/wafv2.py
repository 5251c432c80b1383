"""WAF: web ACLs, their associations and their logging."""

from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import OperationContext, by_arn
from rehearsal.providers.aws.table import ApiCall, AutoName, EmulatedType, from_response, stored_value
from rehearsal.providers.aws.tags import TagOperations


def _acl_key(context: OperationContext) -> Args:
    return {"Name": context.get("name"), "Scope": context.get("scope"), "Id": context.id}


def _acl_key_and_lock_token(context: OperationContext) -> Args:
    """Return the arguments that identify a web ACL, and its current lock token.

    AWS rejects changes that are based on an older token.
    """
    return {**_acl_key(context), "LockToken": context.call("get_web_acl", _acl_key(context))["LockToken"]}


def _find_association(context: OperationContext, response: Any) -> Any:
    acl = response.get("WebACL")
    return acl if acl and acl["ARN"] == context.get("webAclArn") else None


def _resource_args(context: OperationContext) -> Args:
    return {"ResourceArn": context.get("resourceArn")}


TYPES = (
    EmulatedType(
        tokens=("aws:wafv2/webAcl:WebAcl",),
        service="wafv2",
        id=from_response(lambda response: str(response["Summary"]["Id"])),
        id_argument="Id",
        create=ApiCall("create_web_acl"),
        read=ApiCall("get_web_acl", args=_acl_key),
        item="WebACL",
        update=[ApiCall("update_web_acl", full_replace=True, extra_args=_acl_key_and_lock_token)],
        delete=ApiCall("delete_web_acl", args=_acl_key_and_lock_token),
        autoname=AutoName(max_length=128),
        force_new=("name", "scope"),
        names={"arn": "ARN", "cloudwatchMetricsEnabled": "CloudWatchMetricsEnabled"},
        outputs={"capacity": "Capacity", "scope": stored_value("scope")},
        tagging=TagOperations(
            "tag_resource",
            "untag_resource",
            by_arn("ResourceARN"),
            list="list_tags_for_resource",
        ),
    ),
    EmulatedType(
        tokens=("aws:wafv2/webAclAssociation:WebAclAssociation",),
        service="wafv2",
        id="{webAclArn},{resourceArn}",
        create=ApiCall(
            "associate_web_acl",
            args=lambda context: {"WebACLArn": context.inputs["webAclArn"], **_resource_args(context)},
            covers_inputs=("webAclArn", "resourceArn"),
        ),
        read=ApiCall("get_web_acl_for_resource", args=_resource_args),
        item=_find_association,
        delete=ApiCall("disassociate_web_acl", args=_resource_args),
        outputs={
            "webAclArn": from_response(lambda item: item["ARN"]),
            "resourceArn": stored_value("resourceArn"),
        },
    ),
    EmulatedType(
        tokens=("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",),
        service="wafv2",
        id="{resourceArn}",
        id_argument="ResourceArn",
        create=ApiCall("put_logging_configuration", nested_in="LoggingConfiguration"),
        read=ApiCall("get_logging_configuration"),
        update=[ApiCall("put_logging_configuration", nested_in="LoggingConfiguration", full_replace=True)],
        delete=ApiCall("delete_logging_configuration"),
        force_new=("resourceArn",),
    ),
)
