"""Rules on resource policies, whatever their service."""

from collections.abc import Iterable, Iterator, Sequence

from policy_packs.kernel.registry import ANY_TYPE, Findings, ResourceRule, Severity, rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.kernel.verdict import shorten
from policy_packs.security.conditions import names_encryption_context, names_source, narrows_caller
from policy_packs.security.iam_actions import (
    CREDENTIAL_ACTIONS,
    DECRYPTION_ACTIONS,
    DESTRUCTIVE_ACTIONS,
    PERMISSION_ACTIONS,
)
from policy_packs.security.iam_data_actions import DATA_ACTIONS
from policy_packs.security.iam_permissions import ROLE, granted_actions
from policy_packs.security.pattern_unions import covering_actions
from policy_packs.security.property_texts import AWS_TYPES, statements_with_principals
from policy_packs.security.statements import (
    MAX_SHOWN,
    allow_statements,
    applies_to_everyone,
    joined_actions,
    label,
    principals,
    public_findings,
)

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

IMAGE_ACTIONS = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:PutImage", "ecr:ReplicateImage")
COPY_ACTIONS = ("backup:CopyFromBackupVault", "backup:StartCopyJob", "backup:StartRestoreJob")
SENSITIVE_ACTIONS = (
    *DECRYPTION_ACTIONS,
    *DATA_ACTIONS,
    *CREDENTIAL_ACTIONS,
    *PERMISSION_ACTIONS,
    *DESTRUCTIVE_ACTIONS,
    *IMAGE_ACTIONS,
    *COPY_ACTIONS,
)
"""Actions that a resource policy must not allow to every principal of an account."""


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
    others = []
    for statement in allow_statements_of(resource):
        if wildcards := covering_actions(statement.texts("Action")):
            yield f"{label(statement)} allows {shorten(wildcards, MAX_SHOWN)}. List only the actions that are needed."
        else:
            others.append(statement)
    if wildcards := covering_actions(joined_actions(others)):
        yield f"The statements together allow {shorten(wildcards, MAX_SHOWN)}. List only the actions that are needed."


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


@rule("policy-must-not-admit-whole-accounts", on=ANY_TYPE, severity=Severity.CRITICAL)
def whole_accounts(resource: Resource) -> Findings:
    """A resource policy for `*` admits every user, role and pod of an account, even those that have no permissions.

    A statement on the account's root is narrower: it needs an identity policy that allows the action too. The rule
    applies to actions that read, decrypt, copy or destroy data, and to those that change permissions. Policies of VPC
    endpoints are left out, because they grant nothing.

    Source: IAM User Guide, "Policy evaluation logic" and "AWS JSON policy elements: Principal".
    """
    if not resource.type.startswith(AWS_TYPES) or resource.type in (*ENDPOINT_POLICIES, ROLE):
        return
    for statement in statements_with_principals(resource):
        if statement["Effect"] != "Allow" or not applies_to_everyone(statement):
            continue
        if not statement.fields("Condition") or narrows_caller(statement):  # other rules report public statements
            continue
        wildcards = covering_actions(statement.texts("Action"))
        if found := wildcards or granted_actions(statement, SENSITIVE_ACTIONS):
            yield (
                f"{label(statement)} allows {shorten(found, MAX_SHOWN)} to every principal of an account, even to "
                "those without permissions. Name roles as principals, or limit aws:PrincipalArn to them."
            )
