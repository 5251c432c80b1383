"""What people may do in AWS: reach their cluster, and read its logs and metrics. Nothing that reads data or secrets.

People arrive from the organisation's identity provider as sessions that carry the tag `campus-persona`; whoever has
none, or another environment's, cannot take the role. That a second factor was given is in one of two places: AWS knows
it of sessions of its own (`aws:MultiFactorAuthPresent`), and the identity provider says it of the ones it vouches for,
of which AWS does not know, by the session tag `campus-mfa`. Nobody but the identity provider may tag such sessions.
"""

from components.identity.documents import Statement

PERSONA_TAG = "campus-persona"
MFA_TAG = "campus-mfa"
HOUR = 3600
SHORT_SESSION = HOUR
LONG_SESSION = 8 * HOUR
"""A working day. Sessions that were themselves got by a role end after one hour whatever the role allows
(IAM User Guide, "Methods to assume a role", role chaining)."""

READ_LOGS = (
    *("logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents", "logs:GetLogRecord"),
    *("logs:StartQuery", "logs:StartLiveTail"),
)
LIST_LOGS = ("logs:DescribeLogGroups", "logs:GetQueryResults", "logs:StopQuery", "logs:DescribeQueries")
READ_METRICS = (
    *("cloudwatch:DescribeAlarms", "cloudwatch:DescribeAlarmHistory", "cloudwatch:GetMetricData"),
    *("cloudwatch:GetMetricStatistics", "cloudwatch:ListMetrics", "cloudwatch:GetDashboard"),
    "cloudwatch:ListDashboards",
)
REACH_CLUSTER = (
    *("eks:DescribeCluster", "eks:AccessKubernetesApi", "eks:DescribeNodegroup", "eks:ListNodegroups"),
    *("eks:DescribeAddon", "eks:ListAddons", "eks:ListAccessEntries", "eks:DescribeAccessEntry"),
)
NEVER = (
    *("secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue", "ssm:GetParameter*"),
    *("s3:GetObject*", "kms:Decrypt", "rds-db:connect", "rds-data:*", "dynamodb:GetItem", "sts:AssumeRole", "iam:*"),
)
"""Denied to every role of people for good: students' records, evidence, secrets, and ways to other roles."""


def session_seconds(*, production_like: bool) -> int:
    """The longest session, in seconds: one hour where production's protection is required, else a working day."""
    return SHORT_SESSION if production_like else LONG_SESSION


def persona_trust(account: str, persona: str) -> tuple[Statement, ...]:
    """Who takes the role: principals of the account that carry the persona's tag and gave a second factor."""
    tagged = {f"aws:PrincipalTag/{PERSONA_TAG}": persona}
    return (
        _taken_on(account, "WithDevice", {"StringEquals": tagged, "Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        _taken_on(account, "WithIdentityProvider", {"StringEquals": {**tagged, f"aws:PrincipalTag/{MFA_TAG}": "true"}}),
    )


def _taken_on(account: str, sid: str, conditions: dict[str, dict[str, str]]) -> Statement:
    everybody = {"AWS": f"arn:aws:iam::{account}:root"}
    return Statement(sid=sid, principals=everybody, actions=["sts:AssumeRole"], conditions=conditions)


def persona_permissions(account: str, environment: str) -> tuple[Statement, ...]:
    """What `aws eks update-kubeconfig` and `get-token` need, and the clusters' logs and metrics; the rest is denied."""
    name = f"campus-{environment}"
    clusters = [f"arn:aws:eks:*:{account}:{kind}/{name}{end}" for kind, end in _CLUSTER_PARTS]
    logs = [f"arn:aws:logs:*:{account}:log-group:/aws/{kind}/{name}*" for kind in ("eks", "containerinsights")]
    return (
        Statement(sid="Cluster", actions=REACH_CLUSTER, resources=clusters),
        Statement(sid="Logs", actions=READ_LOGS, resources=logs),
        Statement(sid="Lists", actions=["eks:ListClusters", *LIST_LOGS, *READ_METRICS], resources=["*"]),
        Statement(sid="Never", effect="Deny", actions=NEVER, resources=["*"]),
    )


_CLUSTER_PARTS = (("cluster", ""), ("cluster", "-dr"), ("nodegroup", "*"), ("addon", "*"), ("access-entry", "*"))
