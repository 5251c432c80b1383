"""CloudWatch alarms on the trail's log (CIS AWS Foundations Benchmark 5.0, section 4)."""

import re
from collections.abc import Iterator

from policy_packs.kernel.registry import Stack, StackFindings, StackRule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.aws.cloudtrail import TRAIL
from policy_packs.security.levels import PRODUCTION_LIKE

METRIC_FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
METRIC_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


def missing_alarm(stack: Stack, words: str) -> StackFindings:
    """A finding if no metric filter looks for all these words, or none with an alarm that tells somebody."""
    filters = [each for each in stack.of_type(METRIC_FILTER) if set(words.split()) <= _words(each)]
    if stack.of_type(TRAIL) and not any(_has_alarm(stack, each) for each in filters):
        lacking = (
            "an alarm with alarm_actions on its metric" if filters else "a LogMetricFilter on the trail's log group"
        )
        yield None, f"nobody is told of {', '.join(words.split())}; add {lacking}"


def _words(metric_filter: Resource) -> set[str]:
    return set(re.findall(r"\w+", metric_filter.text("pattern") or ""))


def _has_alarm(stack: Stack, metric_filter: Resource) -> bool:
    metric = metric_filter.fields("metricTransformation")
    return any(
        alarm["metricName"] == metric["name"] and alarm["namespace"] == metric["namespace"]
        for alarm in _notifying_alarms(stack)
    )


def _notifying_alarms(stack: Stack) -> Iterator[Resource]:
    for alarm in stack.of_type(METRIC_ALARM):
        if alarm.flag("actionsEnabled") is not False and (
            alarm.property_dependencies.get("alarmActions") or alarm.items("alarmActions")
        ):
            yield alarm


def _alarm(control: str, what: str, why: str, words: str) -> StackRule:
    def check(stack: Stack) -> StackFindings:
        return missing_alarm(stack, words)

    check.__doc__ = why
    declare = stack_rule(f"trail-must-alarm-on-{what}", covers=[f"CIS-AWS {control}"], level=PRODUCTION_LIKE)
    return declare(check)


unauthorised_calls = _alarm(
    "4.1",
    "unauthorised-calls",
    "Many refusals in a row are somebody who tries what the stolen credentials can do.",
    "UnauthorizedOperation AccessDenied",
)
sign_in_without_mfa = _alarm(
    "4.2",
    "sign-in-without-mfa",
    "A sign-in without a second factor may be anybody who knows the password.",
    "ConsoleLogin MFAUsed",
)
root = _alarm(
    "4.3",
    "root",
    "Root is used once a year, on a day that is known beforehand.",
    "userIdentity Root AwsServiceEvent",
)
permissions = _alarm(
    "4.4",
    "permissions",
    "Permissions change through this program only; any other change is the intruder's next step.",
    "DeleteGroupPolicy DeleteRolePolicy DeleteUserPolicy PutGroupPolicy PutRolePolicy PutUserPolicy CreatePolicy "
    "DeletePolicy CreatePolicyVersion DeletePolicyVersion AttachRolePolicy DetachRolePolicy AttachUserPolicy "
    "DetachUserPolicy AttachGroupPolicy DetachGroupPolicy",
)
trail = _alarm(
    "4.5",
    "trail",
    "Who changes the trail does not want to be seen.",
    "CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging",
)
failed_sign_in = _alarm(
    "4.6",
    "failed-sign-in",
    "Somebody guesses passwords.",
    "ConsoleLogin Failed authentication",
)
keys = _alarm(
    "4.7",
    "keys",
    "A key that is disabled or about to be deleted takes all with it that it has encrypted.",
    "DisableKey ScheduleKeyDeletion",
)
bucket_policies = _alarm(
    "4.8",
    "bucket-policies",
    "A bucket is opened in one call.",
    "PutBucketAcl PutBucketPolicy PutBucketCors PutBucketLifecycle PutBucketReplication DeleteBucketPolicy "
    "DeleteBucketCors DeleteBucketLifecycle DeleteBucketReplication",
)
recorder = _alarm(
    "4.9",
    "recorder",
    "Who stops AWS Config is about to change what it would have recorded.",
    "StopConfigurationRecorder DeleteDeliveryChannel PutDeliveryChannel PutConfigurationRecorder",
)
security_groups = _alarm(
    "4.10",
    "security-groups",
    "A port that is opened by hand is open until somebody sees it.",
    "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress RevokeSecurityGroupEgress "
    "CreateSecurityGroup DeleteSecurityGroup",
)
network_acls = _alarm(
    "4.11",
    "network-acls",
    "Network ACLs change with the network, which is never by hand.",
    "CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry ReplaceNetworkAclEntry "
    "ReplaceNetworkAclAssociation",
)
gateways = _alarm(
    "4.12",
    "gateways",
    "A new gateway is a new way out for data.",
    "CreateCustomerGateway DeleteCustomerGateway AttachInternetGateway CreateInternetGateway DeleteInternetGateway "
    "DetachInternetGateway",
)
route_tables = _alarm(
    "4.13",
    "route-tables",
    "A changed route leads traffic past what looks at it.",
    "CreateRoute CreateRouteTable ReplaceRoute ReplaceRouteTableAssociation DeleteRouteTable DeleteRoute "
    "DisassociateRouteTable",
)
networks = _alarm(
    "4.14",
    "networks",
    "A peering connects us with somebody else's network.",
    "CreateVpc DeleteVpc ModifyVpcAttribute AcceptVpcPeeringConnection CreateVpcPeeringConnection "
    "DeleteVpcPeeringConnection RejectVpcPeeringConnection",
)
organisation = _alarm(
    "4.15",
    "organisation",
    "The organisation's policies hold for every account, ours too.",
    "organizations AcceptHandshake AttachPolicy CreateAccount CreateOrganizationalUnit CreatePolicy DeclineHandshake "
    "DeleteOrganization DeleteOrganizationalUnit DeletePolicy DetachPolicy DisablePolicyType EnablePolicyType "
    "InviteAccountToOrganization LeaveOrganization MoveAccount RemoveAccountFromOrganization UpdatePolicy "
    "UpdateOrganizationalUnit",
)
