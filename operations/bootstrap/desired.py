"""What Pulumi needs in an environment's account, in the order in which it can be made."""

from typing import Any

from operations.bootstrap import policies
from operations.bootstrap.place import GITHUB, Place
from operations.bootstrap.plan import Aspects, Kind, Piece

OLD_STATE_DAYS = 365
"""Days that earlier versions of state are kept."""
ABORT_UPLOAD_DAYS = 7
SESSION_SECONDS = 3600
"""Longest run of a pipeline; AWS's shortest possible maximum."""
REPLICATION_MINUTES = 15
"""S3 Replication Time Control knows no other figure."""
LEASE_KEY = "stack"
LEASE_EXPIRY = "expiresAt"
"""Attribute by which DynamoDB forgets a lease whose owner died, in seconds since 1970."""


def pieces(place: Place) -> tuple[Piece, ...]:
    """Everything, what others refer to first; with copies in the DR region where there is one."""
    return (*_keys(place), *_buckets(place), _table(place), *_identity(place))


def _tags(place: Place, name: str) -> dict[str, str]:
    return {**dict(place.tags), "Name": name}


def _keys(place: Place) -> tuple[Piece, ...]:
    """One multi-region key: what it encrypted in one region can be read in the other when the first is lost."""
    common: Aspects = {
        "policy": policies.key_policy(place),
        "tags": _tags(place, place.named("pulumi")),
        "alias": place.alias,
    }
    primary = Piece(Kind.KEY, place.alias, place.region, {"multi-region": True, **common, "rotation": True})
    if not place.recovery_region:
        return (primary,)
    copy = {"primary region": place.region, **common}
    return (primary, Piece(Kind.KEY_COPY, place.alias, place.recovery_region, copy))


def _bucket(place: Place, name: str, region: str) -> dict[str, Any]:
    old = {"NoncurrentDays": OLD_STATE_DAYS}
    rule = {
        "ID": "age",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": old,
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": ABORT_UPLOAD_DAYS},
    }
    return {
        "region": region,
        "public access block": dict.fromkeys(
            ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"),
            True,  # a value, not a switch
        ),
        "ownership": "BucketOwnerEnforced",
        "policy": policies.bucket_policy(name),
        "versioning": "Enabled",
        "encryption": {"key": place.alias_arn(region), "bucket key": True},
        "lifecycle": [rule],
        "tags": _tags(place, name),
    }


def _buckets(place: Place) -> tuple[Piece, ...]:
    state = _bucket(place, place.bucket, place.region)
    if not place.recovery_region:
        return (Piece(Kind.BUCKET, place.bucket, place.region, state),)
    role = Piece(
        Kind.ROLE,
        place.named("state-replication"),
        "",
        _role(
            place,
            "state-replication",
            policies.replication_trust(place),
            policies.replication_permissions(place),
        ),
    )
    copy = _bucket(place, place.bucket_copy, place.recovery_region)
    replicated = {**state, "replication": {"role": place.iam(f"role/{role.name}"), "rules": [_replication(place)]}}
    return (
        role,
        Piece(Kind.BUCKET, place.bucket_copy, place.recovery_region, copy),
        Piece(Kind.BUCKET, place.bucket, place.region, replicated),
    )


def _replication(place: Place) -> dict[str, Any]:
    minutes = {"Minutes": REPLICATION_MINUTES}
    return {
        "ID": "everything",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
        "Destination": {
            "Bucket": f"arn:aws:s3:::{place.bucket_copy}",
            "EncryptionConfiguration": {"ReplicaKmsKeyID": place.alias_arn(place.recovery_region)},
            "ReplicationTime": {"Status": "Enabled", "Time": minutes},
            "Metrics": {"Status": "Enabled", "EventThreshold": minutes},
        },
    }


def _table(place: Place) -> Piece:
    name = place.named("leases")
    aspects: Aspects = {
        "key": LEASE_KEY,
        "encryption": place.alias_arn(place.region),
        "deletion protection": True,
        "point-in-time recovery": True,
        "time to live": LEASE_EXPIRY,
        "tags": _tags(place, name),
    }
    return Piece(Kind.TABLE, name, place.region, aspects)


def _identity(place: Place) -> tuple[Piece, ...]:
    provider: Aspects = {"audiences": [policies.AUDIENCE], "tags": _tags(place, "github")}
    boundary: Aspects = {"document": policies.boundary(place), "tags": _tags(place, place.named("boundary"))}
    preview = _role(place, "preview", policies.preview_trust(place), policies.preview_permissions(place))
    deployer = _role(place, "deployer", policies.deployer_trust(place), policies.deployer_permissions(place))
    return (
        Piece(Kind.PROVIDER, GITHUB, "", provider),
        Piece(Kind.POLICY, place.named("boundary"), "", boundary),
        Piece(Kind.ROLE, place.named("preview"), "", preview),
        Piece(Kind.ROLE, place.named("deployer"), "", {**deployer, "boundary": place.boundary}),
    )


def _role(place: Place, role: str, trust: policies.Document, permissions: policies.Document) -> dict[str, Any]:
    return {
        "trust": trust,
        "permissions": permissions,
        "session seconds": SESSION_SECONDS,
        "tags": _tags(place, place.named(role)),
    }
