"""Rules on resource policies, whatever their service."""

from collections.abc import Iterable, Iterator, Sequence

from policy_packs.kernel.registry import Findings, ResourceRule, Severity, rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.kernel.verdict import shorten
from policy_packs.security.conditions import names_encryption_context, names_source
from policy_packs.security.iam_permissions import ROLE
from policy_packs.security.pattern_unions import covering_actions
from policy_packs.security.statements import MAX_SHOWN, allow_statements, label, principals, public_findings

TOPIC_POLICIES = ("aws:sns/topic:Topic", "aws:sns/topicPolicy:TopicPolicy")
QUEUE_POLICIES = ("aws:sqs/queue:Queue", "aws:sqs/queuePolicy:QueuePolicy")
REPOSITORY_POLICIES = ("aws:ecr/repositoryPolicy:RepositoryPolicy", "aws:ecr/registryPolicy:RegistryPolicy")
SECRET_POLICIES = ("aws:secretsmanager/secret:Secret", "aws:secretsmanager/secretPolicy:SecretPolicy")
VAULT_POLICIES = ("aws:backup/vaultPolicy:VaultPolicy",)
BUCKET_POLICIES = ("aws:s3/bucketPolicy:BucketPolicy", "aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
KEY_POLICIES = (
    "aws:kms/key:Key",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/externalKey:ExternalKey",
)
ENDPOINT_POLICIES = ("aws:ec2/vpcEndpoint:VpcEndpoint", "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy")
LOG_RESOURCE_POLICY = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
EXPLICIT_ACTION_POLICIES = (
    *TOPIC_POLICIES,
    *QUEUE_POLICIES,
    *REPOSITORY_POLICIES,
    *SECRET_POLICIES,
    *VAULT_POLICIES,
    *BUCKET_POLICIES,
)
RESOURCE_POLICIES = (*EXPLICIT_ACTION_POLICIES, *KEY_POLICIES, LOG_RESOURCE_POLICY)
EXCLUSIONS = {"NotPrincipal": "principals", "NotAction": "actions", "NotResource": "resources"}
# This service principal needs no condition: it writes only below AWSLogs/<account>, and the statement's resource names
# that path. AWS's example has no condition either ("Access logs for your Application Load Balancer").
BOUND_BY_PATH = "logdelivery.elasticloadbalancing.amazonaws.com"


def allow_statements_of(resource: Resource) -> Iterator[Fields]:
    """Return the Allow statements of a resource's own policy."""
    return allow_statements(resource, "policyDocument" if resource.type == LOG_RESOURCE_POLICY else "policy")


def private_policy_rule(name: str, on: Iterable[str], covers: Sequence[str], rationale: str) -> ResourceRule:
    """Return a rule that forbids public resource policies on these types."""

    def check(resource: Resource) -> Findings:
        return public_findings(allow_statements_of(resource), "Name accounts, roles or services.")

    check.__doc__ = rationale
    return rule(name, on=on, covers=covers, severity=Severity.CRITICAL)(check)


@rule("policy-must-not-allow-all-but-some", on=(*RESOURCE_POLICIES, *ENDPOINT_POLICIES, ROLE))
def allowed_by_exclusion(resource: Resource) -> Findings:
    """An exclusion in an Allow statement allows everything else, including what is added later."""
    statements = (
        allow_statements(resource, "assumeRolePolicy") if resource.type == ROLE else allow_statements_of(resource)
    )
    for statement in statements:
        for key, allowed in EXCLUSIONS.items():
            if key in statement:
                included = key.removeprefix("Not")
                yield f"{label(statement)} has {key}, which allows all other {allowed}. Use {included} instead."


@rule("policy-must-name-actions", on=EXPLICIT_ACTION_POLICIES, covers=["CKV_AWS_72"])
def named_actions(resource: Resource) -> Findings:
    """A wildcard for all actions of a service includes the action that changes the policy itself."""
    for statement in allow_statements_of(resource):
        if wildcards := covering_actions(statement.texts("Action")):
            yield f"{label(statement)} allows {shorten(wildcards, MAX_SHOWN)}. List only the actions that are needed."


@rule("policy-must-know-for-whom-a-service-calls", on=RESOURCE_POLICIES)
def confused_deputy(resource: Resource) -> Findings:
    """A service acts for all AWS customers. Without a condition, another customer can make it act on our resources."""
    for statement in allow_statements_of(resource):
        is_restricted = names_source(statement) or names_encryption_context(statement)
        services = [service for service in principals(statement, "Service") if service != BOUND_BY_PATH]
        if services and not is_restricted:
            yield (
                f"{label(statement)} lets {', '.join(services)} act on behalf of any account. Add a condition on "
                "aws:SourceAccount."
            )
