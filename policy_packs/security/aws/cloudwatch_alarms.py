"""CloudWatch alarms on the trail's log.

Source: CIS AWS Foundations Benchmark 5.0, section 4.
"""

import re
from collections.abc import Iterator, Sequence

from policy_packs.kernel.registry import Stack, StackFindings, StackRule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.aws.cloudtrail import TRAIL
from policy_packs.security.levels import PRODUCTION_LIKE

METRIC_FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
METRIC_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
_COMPARISON = re.compile(r'(\$\.[\w.]+)\s*(!?=)\s*(?:"([^"]*)"|([^\s()&|{}"]+))')
_EVENT_NAME = "$.eventName="


def missing_alarm(stack: Stack, terms: Sequence[str]) -> StackFindings:
    """Yield a finding if the stack has a trail but no alarm on these comparisons.

    An alarm counts if it has actions and a metric filter whose pattern contains all of the comparisons.
    """
    filters = [each for each in stack.of_type(METRIC_FILTER) if set(terms) <= _comparisons(each)]
    if stack.of_type(TRAIL) and not any(_has_alarm(stack, each) for each in filters):
        missing = (
            "an alarm with alarm_actions on the metric of their filter"
            if filters
            else "a LogMetricFilter on the trail's log group, and an alarm on its metric"
        )
        yield None, f"No alarm covers {_described(terms)}. Add {missing}."


def _comparisons(metric_filter: Resource) -> set[str]:
    """Return the comparisons of a filter's pattern, such as `$.field=value`.

    Quotation marks, and spaces around the operator, are removed.
    """
    return {
        f"{field}{operator}{quoted or plain}"
        for field, operator, quoted, plain in _COMPARISON.findall(metric_filter.text("pattern") or "")
    }


def _described(terms: Sequence[str]) -> str:
    names = [term.removeprefix(_EVENT_NAME) for term in terms if term.startswith(_EVENT_NAME)]
    others = [term for term in terms if not term.startswith(_EVENT_NAME)]
    subject = f"the {'event' if len(names) == 1 else 'events'} {', '.join(names)}" if names else "events"
    return f"{subject} with {', '.join(others)}" if others else subject


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


def _events(names: str) -> tuple[str, ...]:
    """Return the comparisons of a filter for any of these events."""
    return tuple(f"{_EVENT_NAME}{name}" for name in names.split())


def _alarm_rule(control: str, subject: str, rationale: str, terms: Sequence[str]) -> StackRule:
    def check(stack: Stack) -> StackFindings:
        return missing_alarm(stack, terms)

    check.__doc__ = rationale
    as_rule = stack_rule(f"trail-must-alarm-on-{subject}", covers=[f"CIS-AWS {control}"], level=PRODUCTION_LIKE)
    return as_rule(check)


unauthorised_calls = _alarm_rule(
    "4.1",
    "unauthorised-calls",
    "A series of refused calls suggests that somebody is trying out stolen credentials.",
    ("$.errorCode=*UnauthorizedOperation", "$.errorCode=AccessDenied*"),
)
sign_in_without_mfa = _alarm_rule(
    "4.2",
    "sign-in-without-mfa",
    "A sign-in without a second factor needs only a stolen password.",
    (*_events("ConsoleLogin"), "$.additionalEventData.MFAUsed!=Yes"),
)
root = _alarm_rule(
    "4.3",
    "root",
    "The root user is needed about once a year, on a date known in advance. Any other use is suspicious.",
    ("$.userIdentity.type=Root", "$.eventType!=AwsServiceEvent"),
)
permissions = _alarm_rule(
    "4.4",
    "permissions",
    "Only the Pulumi program changes permissions. Any other change could be an attacker's next step.",
    _events(
        "DeleteGroupPolicy DeleteRolePolicy DeleteUserPolicy PutGroupPolicy PutRolePolicy PutUserPolicy CreatePolicy "
        "DeletePolicy CreatePolicyVersion DeletePolicyVersion AttachRolePolicy DetachRolePolicy AttachUserPolicy "
        "DetachUserPolicy AttachGroupPolicy DetachGroupPolicy"
    ),
)
trail = _alarm_rule(
    "4.5",
    "trail",
    "Attackers disable logging first, so changes to the trail must raise an alarm.",
    _events("CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging"),
)
failed_sign_in = _alarm_rule(
    "4.6",
    "failed-sign-in",
    "Failed sign-ins suggest that somebody is guessing passwords.",
    (*_events("ConsoleLogin"), "$.errorMessage=Failed authentication"),
)
keys = _alarm_rule(
    "4.7",
    "keys",
    "Data that is encrypted with a disabled or deleted key can no longer be read.",
    _events("DisableKey ScheduleKeyDeletion"),
)
bucket_policies = _alarm_rule(
    "4.8",
    "bucket-policies",
    "A single call can make a bucket public.",
    _events(
        "PutBucketAcl PutBucketPolicy PutBucketCors PutBucketLifecycle PutBucketReplication DeleteBucketPolicy "
        "DeleteBucketCors DeleteBucketLifecycle DeleteBucketReplication"
    ),
)
recorder = _alarm_rule(
    "4.9",
    "recorder",
    "Attackers stop AWS Config before they change what it would record.",
    _events("StopConfigurationRecorder DeleteDeliveryChannel PutDeliveryChannel PutConfigurationRecorder"),
)
security_groups = _alarm_rule(
    "4.10",
    "security-groups",
    "A port that is opened by hand stays open until somebody notices it.",
    _events(
        "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress "
        "RevokeSecurityGroupEgress CreateSecurityGroup DeleteSecurityGroup"
    ),
)
network_acls = _alarm_rule(
    "4.11",
    "network-acls",
    "Only the Pulumi program changes network ACLs, so any other change is suspicious.",
    _events(
        "CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry ReplaceNetworkAclEntry "
        "ReplaceNetworkAclAssociation"
    ),
)
gateways = _alarm_rule(
    "4.12",
    "gateways",
    "A new gateway is a new way for data to leave the network.",
    _events(
        "CreateCustomerGateway DeleteCustomerGateway AttachInternetGateway CreateInternetGateway DeleteInternetGateway "
        "DetachInternetGateway"
    ),
)
route_tables = _alarm_rule(
    "4.13",
    "route-tables",
    "A changed route can send traffic to a network that an attacker controls.",
    _events(
        "CreateRoute CreateRouteTable ReplaceRoute ReplaceRouteTableAssociation DeleteRouteTable DeleteRoute "
        "DisassociateRouteTable"
    ),
)
networks = _alarm_rule(
    "4.14",
    "networks",
    "A peering connection joins our network to a network that somebody else could control.",
    _events(
        "CreateVpc DeleteVpc ModifyVpcAttribute AcceptVpcPeeringConnection CreateVpcPeeringConnection "
        "DeleteVpcPeeringConnection RejectVpcPeeringConnection"
    ),
)
organisation = _alarm_rule(
    "4.15",
    "organisation",
    "The organisation's policies apply to every account, including ours.",
    (
        "$.eventSource=organizations.amazonaws.com",
        *_events(
            "AcceptHandshake AttachPolicy CreateAccount CreateOrganizationalUnit CreatePolicy DeclineHandshake "
            "DeleteOrganization DeleteOrganizationalUnit DeletePolicy DetachPolicy DisablePolicyType EnablePolicyType "
            "InviteAccountToOrganization LeaveOrganization MoveAccount RemoveAccountFromOrganization UpdatePolicy "
            "UpdateOrganizationalUnit"
        ),
    ),
)
