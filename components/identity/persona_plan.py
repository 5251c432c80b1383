"""IAM permissions of people for their cluster, its logs and its metrics.

Access to data and secrets is denied.

The organisation's identity provider starts people's sessions with the tag `campus-persona`. A session without the tag,
or with another environment's persona, cannot assume the role. MFA is proven in one of two ways: AWS sets
`aws:MultiFactorAuthPresent` for its own sessions, and the identity provider sets the session tag `campus-mfa` for
federated sessions. Only the identity provider may tag sessions.
"""

from components.identity.documents import Statement

PERSONA_TAG = "campus-persona"
MFA_TAG = "campus-mfa"
HOUR = 3600
SHORT_SESSION = HOUR
LONG_SESSION = 8 * HOUR
"""Eight hours in seconds, a working day.

A session that is started from another role's session lasts at most one hour, whatever this value is (IAM User Guide,
"Methods to assume a role").
"""

READ_LOGS = (
    *("logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents", "logs:GetLogRecord"),
    *("logs:StartQuery", "logs:GetQueryResults", "logs:StartLiveTail"),
)
LIST_LOGS = ("logs:DescribeLogGroups", "logs:StopQuery", "logs:DescribeQueries")
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
"""Actions denied to every person's role.

They cover student records, evidence, secrets and access to other roles.
"""


def session_seconds(*, production_like: bool) -> int:
    """Return the maximum session duration in seconds.

    It is one hour in production-like environments and eight hours elsewhere.
    """
    return SHORT_SESSION if production_like else LONG_SESSION


def persona_trust(account: str, persona: str) -> tuple[Statement, ...]:
    """Return trust statements for principals with the persona's tag and MFA."""
    tagged = {f"aws:PrincipalTag/{PERSONA_TAG}": persona}
    return (
        _assume_role(account, "WithDevice", {"StringEquals": tagged, "Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        _assume_role(
            account, "WithIdentityProvider", {"StringEquals": {**tagged, f"aws:PrincipalTag/{MFA_TAG}": "true"}}
        ),
    )


def _assume_role(account: str, sid: str, conditions: dict[str, dict[str, str]]) -> Statement:
    account_root = {"AWS": f"arn:aws:iam::{account}:root"}
    return Statement(sid=sid, principals=account_root, actions=["sts:AssumeRole"], conditions=conditions)


def persona_permissions(account: str, environment: str) -> tuple[Statement, ...]:
    """Return the permissions for cluster access, logs and metrics, and the denials.

    Cluster access covers `aws eks update-kubeconfig` and `get-token`.
    """
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
