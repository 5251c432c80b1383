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
    """Return a key policy that leaves access to the account's IAM policies."""
    return document(statement("Account", ["kms:*"], Principal={"AWS": context.iam("root")}))


def replication_trust(context: AccountContext) -> Document:
    """Trust S3 on behalf of this account's buckets."""
    principal = {"Service": "s3.amazonaws.com"}
    own = {"StringEquals": {"aws:SourceAccount": context.account}}
    return _trust(principal, "sts:AssumeRole", own)


def replication_permissions(context: AccountContext) -> Document:
    """Allow reading in the primary region and writing in the DR region."""
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
    """Trust jobs that run in the protected GitHub environment of the same name.

    Pull requests get no credentials: anyone who can open one could read the state with them.
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
    """Allow the state key by its alias.

    A policy cannot name a key that does not exist yet.
    """
    by_alias = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": context.alias}}
    return statement(sid, actions, f"arn:aws:kms:{region}:{context.account}:key/*", Condition=by_alias)
