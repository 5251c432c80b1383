"""Policies of resources: who outside a resource's own account, or inside by accident, may reach it."""

from collections.abc import Iterable, Iterator, Sequence

from policy_packs.kernel.registry import Findings, Rule, Severity, rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.conditions import demands, principals
from policy_packs.security.permissions import ROLE
from policy_packs.security.rules_trust import CALLER
from policy_packs.security.statements import allowing, label, public

TOPICS = ("aws:sns/topic:Topic", "aws:sns/topicPolicy:TopicPolicy")
QUEUES = ("aws:sqs/queue:Queue", "aws:sqs/queuePolicy:QueuePolicy")
REPOSITORIES = ("aws:ecr/repositoryPolicy:RepositoryPolicy", "aws:ecr/registryPolicy:RegistryPolicy")
SECRETS = ("aws:secretsmanager/secret:Secret", "aws:secretsmanager/secretPolicy:SecretPolicy")
VAULTS = ("aws:backup/vaultPolicy:VaultPolicy",)
BUCKETS = ("aws:s3/bucketPolicy:BucketPolicy", "aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
KEYS = (
    "aws:kms/key:Key",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/externalKey:ExternalKey",
)
LOGS = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
NAMED = (*TOPICS, *QUEUES, *REPOSITORIES, *SECRETS, *VAULTS, *BUCKETS)
SHARED = (*NAMED, *KEYS, LOGS)

CONTEXT = "kms:encryptioncontext:"
"""A key's user says by this what the data is about; services put the ARN of the resource into it."""
# Writes under AWSLogs/<account> only, which the statement's resource names; its guide shows no condition
# ("Access logs for your Application Load Balancer").
BOUND_BY_PATH = "logdelivery.elasticloadbalancing.amazonaws.com"


def shared(resource: Resource) -> Iterator[Fields]:
    """The Allow statements of a resource's own policy."""
    return allowing(resource, "policyDocument" if resource.kind == LOGS else "policy")


def _closed(name: str, on: Iterable[str], covers: Sequence[str], why: str) -> Rule:
    def check(resource: Resource) -> Findings:
        return public(shared(resource), "name accounts, roles or services")

    check.__doc__ = why
    return rule(name, on=on, covers=covers, severity=Severity.CRITICAL)(check)


topics = _closed(
    "sns-must-not-be-public",
    TOPICS,
    ["CKV_AWS_169", "CKV_AWS_283"],
    "A topic that everybody may publish to wakes people at night for nothing; one that all may read tells all.",
)
queues = _closed(
    "sqs-must-not-be-public",
    QUEUES,
    ["CKV_AWS_168", "CKV_AWS_283"],
    "What everybody may put into a queue, a worker of ours will do.",
)
repositories = _closed(
    "ecr-must-not-be-public",
    REPOSITORIES,
    ["CKV_AWS_32", "CKV_AWS_283"],
    "An image shows how the service works, and who may push one runs code in the cluster.",
)
secrets = _closed(
    "secret-must-not-be-public",
    SECRETS,
    ["CKV_AWS_283"],
    "A secret that every account may read is none.",
)
vaults = _closed(
    "backup-vault-must-not-be-public",
    VAULTS,
    ["CKV_AWS_283"],
    "A backup is all of the data in one place.",
)


@rule("policy-must-not-allow-all-but-some", on=(*SHARED, ROLE))
def all_but_some(resource: Resource) -> Findings:
    """To allow all but some principals is to allow everybody, signed in or not."""
    statements = allowing(resource, "assumeRolePolicy") if resource.kind == ROLE else shared(resource)
    for statement in statements:
        if "NotPrincipal" in statement:
            yield f"{label(statement)} allows by NotPrincipal; name who is allowed"


@rule("policy-must-name-actions", on=NAMED, covers=["CKV_AWS_72"])
def actions(resource: Resource) -> Findings:
    """Every action includes changing this very policy."""
    for statement in shared(resource):
        if whole := [action for action in statement.texts("Action") if action == "*" or action.endswith(":*")]:
            yield f"{label(statement)} allows {', '.join(whole)}; name the actions"


@rule("policy-must-know-for-whom-a-service-calls", on=SHARED)
def deputy(resource: Resource) -> Findings:
    """A service works for every customer: without a condition another customer may have it write to ours."""
    for statement in shared(resource):
        keys = demands(statement).keys()
        known = keys & CALLER or any(key.startswith(CONTEXT) for key in keys)
        services = [each for each in principals(statement, "Service") if each != BOUND_BY_PATH]
        if services and not known:
            yield f"{label(statement)} lets {', '.join(services)} in for anybody; add aws:SourceAccount"
