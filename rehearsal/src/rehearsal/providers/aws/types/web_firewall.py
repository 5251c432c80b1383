"""WAF: web ACLs, what they stand before, and where they log; CloudWatch's and Route 53's parts in logging queries."""

from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.table import Auto, ResourceType, Step, of_item, of_work, op
from rehearsal.providers.aws.tags import TagCalls
from rehearsal.providers.aws.work import Work


def _acl(work: Work) -> Args:
    return {"Name": work.get("name"), "Scope": work.get("scope"), "Id": work.id}


def _locked(work: Work) -> Args:
    """With the token of what was read last: AWS takes no change of what somebody else has changed since."""
    return {**_acl(work), "LockToken": work.call("get_web_acl", _acl(work))["LockToken"]}


def _associated(work: Work, answer: Any) -> Any:
    acl = answer.get("WebACL")
    return acl if acl and acl["ARN"] == work.get("webAclArn") else None


def _resource(work: Work) -> Args:
    return {"ResourceArn": work.get("resourceArn")}


def _named_policy(work: Work, answer: Any) -> Any:
    return next((one for one in answer["resourcePolicies"] if one["policyName"] == work.id), None)


def _put_policy(work: Work) -> None:
    work.call("put_resource_policy", _policy(work))


def _policy(work: Work) -> Args:
    return {"policyName": work.new["policyName"], "policyDocument": work.new["policyDocument"]}


TYPES = (
    ResourceType(
        tokens=("aws:wafv2/webAcl:WebAcl",),
        service="wafv2",
        id=lambda work, answer: str(answer["Summary"]["Id"]),  # noqa: ARG005  # the form of all id functions
        key="Id",
        create=op("create_web_acl"),
        read=op("get_web_acl", _acl),
        item="WebACL",
        update=[op("update_web_acl", whole=True, beside=_locked)],
        delete=op("delete_web_acl", _locked),
        auto=Auto(limit=128),
        force=("name", "scope"),
        names={"arn": "ARN", "cloudwatchMetricsEnabled": "CloudWatchMetricsEnabled"},
        outputs={"capacity": "Capacity", "scope": of_work(lambda work: work.get("scope"))},
        tagging=TagCalls(
            "tag_resource",
            "untag_resource",
            lambda work: {"ResourceARN": work.get("arn")},
            list="list_tags_for_resource",
        ),
    ),
    ResourceType(
        tokens=("aws:wafv2/webAclAssociation:WebAclAssociation",),
        service="wafv2",
        id="{webAclArn},{resourceArn}",
        create=op(
            "associate_web_acl",
            lambda work: {"WebACLArn": work.new["webAclArn"], **_resource(work)},
            inputs=("webAclArn", "resourceArn"),
        ),
        read=op("get_web_acl_for_resource", _resource),
        item=_associated,
        delete=op("disassociate_web_acl", _resource),
        outputs={
            "webAclArn": of_item(lambda item: item["ARN"]),
            "resourceArn": of_work(lambda work: work.get("resourceArn")),
        },
    ),
    ResourceType(
        tokens=("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",),
        service="wafv2",
        id="{resourceArn}",
        key="ResourceArn",
        create=op("put_logging_configuration", wrap="LoggingConfiguration"),
        read=op("get_logging_configuration"),
        update=[op("put_logging_configuration", wrap="LoggingConfiguration", whole=True)],
        delete=op("delete_logging_configuration"),
        force=("resourceArn",),
    ),
    ResourceType(
        tokens=("aws:cloudwatch/logResourcePolicy:LogResourcePolicy",),
        service="logs",
        id="{policyName}",
        key="policyName",
        create=op("put_resource_policy", _policy, inputs=("policyName", "policyDocument")),
        read=op("describe_resource_policies", lambda work: {}),  # noqa: ARG005  # the form of all argument functions
        item=_named_policy,
        update=[Step(inputs=("policyDocument",), run=_put_policy, on_create=False)],
        delete=op("delete_resource_policy", lambda work: {"policyName": work.id}),
    ),
    ResourceType(
        tokens=("aws:route53/queryLog:QueryLog",),
        service="route53",
        id=lambda work, answer: str(answer["QueryLoggingConfig"]["Id"]),  # noqa: ARG005  # the form of all id functions
        key="Id",
        create=op("create_query_logging_config"),
        read=op("get_query_logging_config"),
        delete=op("delete_query_logging_config"),
        names={"zoneId": "HostedZoneId", "cloudwatchLogGroupArn": "CloudWatchLogsLogGroupArn"},
        arn="arn:{partition}:route53:::queryloggingconfig/{id}",
    ),
)
