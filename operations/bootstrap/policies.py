"""Trust policies of the pipeline's roles; policies of the state bucket and key."""

from collections.abc import Sequence

from operations.bootstrap.context import GITHUB, AccountContext
from operations.bootstrap.statements import Document, document, statement

AUDIENCE = "sts.amazonaws.com"


def bucket_policy(bucket: str) -> Document:
    """Deny every request without TLS 1.2."""
    everything = {"Principal": "*", "Effect": "Deny"}
    both = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    return document(
        statement("TlsOnly", ["s3:*"], both, **everything, Condition={"Bool": {"aws:SecureTransport": "false"}}),
        statement(
            "ModernTlsOnly", ["s3:*"], both, **everything, Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}}
        ),
    )


def key_policy(context: AccountContext) -> Document:
    """Return a key policy that delegates access control to the account's IAM policies."""
    return document(statement("Account", ["kms:*"], Principal={"AWS": context.iam("root")}))


def replication_trust(context: AccountContext) -> Document:
    """Return the trust policy for S3, limited to requests for this account's buckets."""
    principal = {"Service": "s3.amazonaws.com"}
    own = {"StringEquals": {"aws:SourceAccount": context.account}}
    return _trust(principal, "sts:AssumeRole", own)


def replication_permissions(context: AccountContext) -> Document:
    """Allow reading the state bucket and writing its copy in the DR region."""
    source, target = f"arn:aws:s3:::{context.bucket}", f"arn:aws:s3:::{context.bucket_copy}"
    read = ("s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging")
    write = ("s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags")
    return document(
        statement("Configuration", ["s3:GetReplicationConfiguration", "s3:ListBucket"], source),
        statement("Read", read, f"{source}/*"),
        statement("Write", write, f"{target}/*"),
        with_state_key(context, "Decrypt", ["kms:Decrypt"], context.region),
        with_state_key(context, "Encrypt", ["kms:Encrypt", "kms:GenerateDataKey"], context.recovery_region),
    )


def pipeline_trust(context: AccountContext) -> Document:
    """Trust jobs in the protected GitHub environment that has the environment's name.

    Jobs of pull requests get no credentials, because anyone who can open a pull request could read the state.
    """
    return _github(context, f"environment:{context.environment}")


def _github(context: AccountContext, subject: str) -> Document:
    conditions = {
        "StringEquals": {
            f"{GITHUB}:aud": AUDIENCE,
            f"{GITHUB}:sub": f"repo:{context.repository}:{subject}",
        }
    }
    return _trust({"Federated": context.iam(f"oidc-provider/{GITHUB}")}, "sts:AssumeRoleWithWebIdentity", conditions)


def _trust(principal: Document, action: str, conditions: Document) -> Document:
    return document({"Effect": "Allow", "Principal": principal, "Action": action, "Condition": conditions})


def with_state_key(context: AccountContext, sid: str, actions: Sequence[str], region: str) -> Document:
    """Allow actions on the state key, which the policy selects by alias.

    The policy cannot contain the key's ARN, because the key may not exist yet.
    """
    by_alias = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": context.alias}}
    return statement(sid, actions, f"arn:aws:kms:{region}:{context.account}:key/*", Condition=by_alias)
