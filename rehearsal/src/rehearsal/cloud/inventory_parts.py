"""Listings implemented as Python functions, for example one call per parent."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
import jmespath
from botocore.exceptions import ClientError

Identifiers = Iterable[list[str]]
"""One list per resource: the identifiers that the state may contain."""
DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")

NOT_FOUND: Mapping[str, frozenset[str]] = {
    "backup": frozenset({"ResourceNotFoundException"}),
    "budgets": frozenset({"NotFoundException"}),
    "ecr": frozenset({"LifecyclePolicyNotFoundException", "RepositoryNotFoundException"}),
    "eks": frozenset({"ResourceNotFoundException"}),
    "elbv2": frozenset({"LoadBalancerNotFound"}),
    "iam": frozenset({"NoSuchEntity"}),
    "route53": frozenset({"NoSuchHostedZone"}),
    "s3": frozenset(
        {
            "NoSuchBucket",
            "NoSuchBucketPolicy",
            "NoSuchLifecycleConfiguration",
            "NoSuchPublicAccessBlockConfiguration",
            "ObjectLockConfigurationNotFoundError",
            "OwnershipControlsNotFoundError",
            "ReplicationConfigurationNotFoundError",
            "ServerSideEncryptionConfigurationNotFoundError",
        }
    ),
    "s3control": frozenset({"NoSuchPublicAccessBlockConfiguration"}),
    "secretsmanager": frozenset({"ResourceNotFoundException"}),
    "securityhub": frozenset({"InvalidAccessException", "ResourceNotFoundException"}),
    "wafv2": frozenset({"WAFNonexistentItemException"}),
}
"""Error codes that say that a resource does not exist, by boto3's service name.

A resource can be missing because its parent was deleted after it was listed. Security Hub reports
InvalidAccessException while it is not enabled. Source: the errors of the operations in the services' API references.
"""


@dataclass(frozen=True)
class PartListing:
    """Function that lists the resources of one type with a boto3 client."""

    type: str
    service: str
    identify: Callable[[Any, str], Identifiers]
    """Function that takes a boto3 client and the account id."""


@dataclass(frozen=True)
class Parents:
    """Operation that lists parents, and a query that returns one id per parent."""

    service: str
    operation: str
    query: str
    argument: str
    """Request argument that takes the parent's id when the children are listed."""


_BUCKETS = Parents("s3", "list_buckets", "Buckets[].Name", "Bucket")
_CLUSTERS = Parents("eks", "list_clusters", "clusters[]", "clusterName")
_ROLES = Parents("iam", "list_roles", "Roles[].RoleName", "RoleName")
_VAULTS = Parents("backup", "list_backup_vaults", "BackupVaultList[].BackupVaultName", "BackupVaultName")
_PLANS = Parents("backup", "list_backup_plans", "BackupPlansList[].BackupPlanId", "BackupPlanId")
_LOAD_BALANCERS = Parents("elbv2", "describe_load_balancers", "LoadBalancers[].LoadBalancerArn", "LoadBalancerArn")
_REPOSITORIES = Parents("ecr", "describe_repositories", "repositories[].repositoryName", "repositoryName")
_DETECTORS = Parents("guardduty", "list_detectors", "DetectorIds", "DetectorId")
_SECRETS = Parents("secretsmanager", "list_secrets", "SecretList[].ARN", "SecretId")


@cache
def aws_client(service: str, region: str) -> Any:
    """Return a cached boto3 client. Creating one takes longer than most listings."""
    return boto3.client(service, region_name=region)  # type: ignore[call-overload]  # the service is a variable


def pages(client: Any, operation: str, **args: Any) -> Iterator[Any]:
    """Yield all pages of an operation."""
    if client.can_paginate(operation):
        yield from client.get_paginator(operation).paginate(**args)
    else:
        yield getattr(client, operation)(**args)


def found(client: Any, operation: str, query: str, **args: Any) -> list[Any]:
    """Return the results of a JMESPath query on all pages of an operation.

    The list is empty if AWS reports that the resource does not exist (`NOT_FOUND`).

    Raises:
        ClientError: AWS refuses the call for another reason.
    """
    try:
        return [item for page in pages(client, operation, **args) for item in jmespath.search(query, page) or []]
    except ClientError as error:
        if error.response["Error"]["Code"] in NOT_FOUND.get(client.meta.service_model.service_name, ()):
            return []
        raise


def _parts(
    token: str, parents: Parents, operation: str, query: str, identify: Callable[[str, Any], list[str]]
) -> PartListing:
    """Return a listing of a type whose resources are children of `parents`.

    The operation is called once per parent. `identify` takes the parent's id and one result of the query, and returns
    the child's identifiers.
    """

    def identify_all(client: Any, _account: str) -> Identifiers:
        for parent in found(client, parents.operation, parents.query):
            for part in found(client, operation, query, **{parents.argument: parent}):
                yield identify(parent, part)

    return PartListing(token, parents.service, identify_all)


def _setting(token: str, parents: Parents, operation: str, query: str) -> PartListing:
    """Return a listing of settings: at most one per parent, with the parent's id.

    A parent has the setting if the query returns a result.
    """

    def identify(client: Any, _account: str) -> Identifiers:
        for parent in found(client, parents.operation, parents.query):
            if found(client, operation, query, **{parents.argument: parent}):
                yield [parent]

    return PartListing(token, parents.service, identify)


def _per_bucket(name: str, operation: str, query: str) -> PartListing:
    return _setting(f"aws:s3/{name[0].lower()}{name[1:]}:{name}", _BUCKETS, operation, query)


def _routes(client: Any, _account: str) -> Identifiers:
    for table in found(client, "describe_route_tables", "RouteTables[]"):
        for route in table["Routes"]:
            for member in DESTINATIONS:
                if route.get(member):
                    yield [f"r-{table['RouteTableId']}{zlib.crc32(route[member].encode())}"]


def _encryption_by_default(client: Any, _account: str) -> Identifiers:
    if client.get_ebs_encryption_by_default()["EbsEncryptionByDefault"]:
        yield [f"ebs-encryption-{client.meta.region_name}"]


def _default_ebs_key(client: Any, _account: str) -> Identifiers:
    key = client.get_ebs_default_kms_key_id()["KmsKeyId"]
    return [] if key.endswith("alias/aws/ebs") else [[key]]


def _in_clusters(token: str, operation: str, query: str) -> PartListing:
    return _parts(token, _CLUSTERS, operation, query, lambda cluster, name: [f"{cluster}:{name}", name])


def _associated_policies(client: Any, _account: str) -> Identifiers:
    for cluster in found(client, _CLUSTERS.operation, _CLUSTERS.query):
        for principal in found(client, "list_access_entries", "accessEntries[]", clusterName=cluster):
            key = {"clusterName": cluster, "principalArn": principal}
            for arn in found(client, "list_associated_access_policies", "associatedAccessPolicies[].policyArn", **key):
                yield [f"{cluster}#{principal}#{arn}"]


def _role_parts(token: str, operation: str, query: str, separator: str) -> PartListing:
    return _parts(token, _ROLES, operation, query, lambda role, name: [f"{role}{separator}{name}"])


def _password_policy(client: Any, _account: str) -> Identifiers:
    exists = found(client, "get_account_password_policy", "[PasswordPolicy]")
    return [["iam-account-password-policy"]] if exists else []


def _keys(client: Any, kinds: tuple[str | None, ...]) -> Iterator[Any]:
    """Yield the customer managed keys whose multi-Region type is one of `kinds`.

    Keys that are pending deletion are left out.
    """
    for key in found(client, "list_keys", "Keys[].KeyId"):
        metadata = client.describe_key(KeyId=key)["KeyMetadata"]
        kind = (metadata.get("MultiRegionConfiguration") or {}).get("MultiRegionKeyType")
        pending = metadata["KeyState"] in ("PendingDeletion", "PendingReplicaDeletion")
        if not pending and metadata.get("KeyManager") != "AWS" and kind in kinds:
            yield metadata


def _key_listing(token: str, *kinds: str | None) -> PartListing:
    def identify(client: Any, _account: str) -> Identifiers:
        aliases = found(client, "list_aliases", "Aliases[].[TargetKeyId, AliasName]")
        for key in _keys(client, kinds):
            names = [name for target, name in aliases if target == key["KeyId"]]
            if not any(name.startswith("alias/aws/") for name in names):
                yield [key["KeyId"], key["Arn"], *names]

    return PartListing(token, "kms", identify)


def _records(client: Any, _account: str) -> Identifiers:
    """Yield each record's possible ids, one per spelling of its name in the state."""
    for zone_id, apex in found(client, "list_hosted_zones", "HostedZones[].[Id, Name]"):
        zone = zone_id.removeprefix("/hostedzone/")
        for record in found(client, "list_resource_record_sets", "ResourceRecordSets[]", HostedZoneId=zone):
            if record["Type"] in ("NS", "SOA") and record["Name"].rstrip(".") == apex.rstrip("."):
                continue
            full = record["Name"].rstrip(".").replace("\\052", "*")
            short = full.removesuffix(apex.rstrip(".")).rstrip(".")
            suffix = "".join(f"_{part}" for part in (record["Type"], record.get("SetIdentifier")) if part)
            yield [f"{zone}_{name}{suffix}" for name in (full, f"{full}.", short, f"{short}.")]


def _account_block(client: Any, account: str) -> Identifiers:
    exists = found(client, "get_public_access_block", "[PublicAccessBlockConfiguration]", AccountId=account)
    return [[account]] if exists else []


def _hub(client: Any, account: str) -> Identifiers:
    return [[account] for _ in found(client, "describe_hub", "[HubArn]")]


def _budgets(client: Any, account: str) -> Identifiers:
    names = found(client, "describe_budgets", "Budgets[].BudgetName", AccountId=account)
    return [[f"{account}:{name}"] for name in names]


def _acl_associations(client: Any, _account: str) -> Identifiers:
    """Yield the web ACL associations of load balancers.

    Each load balancer is asked for its web ACL, because moto can't list the resources that a web ACL protects.
    """
    elbv2 = aws_client("elbv2", client.meta.region_name)
    for balancer in found(elbv2, _LOAD_BALANCERS.operation, _LOAD_BALANCERS.query):
        for acl in found(client, "get_web_acl_for_resource", "[WebACL.ARN][?@]", ResourceArn=balancer):
            yield [f"{acl},{balancer}"]


PART_LISTINGS = (
    _parts(
        "aws:backup/selection:Selection",
        _PLANS,
        "list_backup_selections",
        "BackupSelectionsList[].SelectionId",
        lambda _plan, selection: [selection],
    ),
    _setting("aws:backup/vaultPolicy:VaultPolicy", _VAULTS, "get_backup_vault_access_policy", "[Policy]"),
    _setting(
        "aws:backup/vaultNotifications:VaultNotifications", _VAULTS, "get_backup_vault_notifications", "[SNSTopicArn]"
    ),
    _setting(
        "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        _VAULTS,
        "describe_backup_vault",
        "[Locked][?@==`true`]",
    ),
    PartListing("aws:budgets/budget:Budget", "budgets", _budgets),
    PartListing("aws:ebs/defaultKmsKey:DefaultKmsKey", "ec2", _default_ebs_key),
    PartListing("aws:ebs/encryptionByDefault:EncryptionByDefault", "ec2", _encryption_by_default),
    PartListing("aws:ec2/route:Route", "ec2", _routes),
    _setting("aws:ecr/lifecyclePolicy:LifecyclePolicy", _REPOSITORIES, "get_lifecycle_policy", "[lifecyclePolicyText]"),
    _in_clusters("aws:eks/accessEntry:AccessEntry", "list_access_entries", "accessEntries[]"),
    PartListing("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "eks", _associated_policies),
    _in_clusters("aws:eks/addon:Addon", "list_addons", "addons[]"),
    _in_clusters("aws:eks/nodeGroup:NodeGroup", "list_nodegroups", "nodegroups[]"),
    _in_clusters(
        "aws:eks/podIdentityAssociation:PodIdentityAssociation",
        "list_pod_identity_associations",
        "associations[].associationId",
    ),
    _parts(
        "aws:guardduty/detectorFeature:DetectorFeature",
        _DETECTORS,
        "get_detector",
        "Features[].Name",
        lambda detector, name: [f"{detector}/{name}"],
    ),
    PartListing("aws:iam/accountPasswordPolicy:AccountPasswordPolicy", "iam", _password_policy),
    _role_parts("aws:iam/rolePolicy:RolePolicy", "list_role_policies", "PolicyNames[]", ":"),
    _role_parts(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "list_attached_role_policies",
        "AttachedPolicies[].PolicyArn",
        "/",
    ),
    _key_listing("aws:kms/key:Key", None, "PRIMARY"),
    _key_listing("aws:kms/keyPolicy:KeyPolicy", None, "PRIMARY", "REPLICA"),
    _key_listing("aws:kms/replicaKey:ReplicaKey", "REPLICA"),
    _parts(
        "aws:lb/listener:Listener",
        _LOAD_BALANCERS,
        "describe_listeners",
        "Listeners[].ListenerArn",
        lambda _balancer, listener: [listener],
    ),
    PartListing("aws:route53/record:Record", "route53", _records),
    PartListing("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", "s3control", _account_block),
    _per_bucket("BucketLifecycleConfiguration", "get_bucket_lifecycle_configuration", "Rules"),
    _per_bucket("BucketLogging", "get_bucket_logging", "[LoggingEnabled][?@]"),
    _per_bucket(
        "BucketNotification",
        "get_bucket_notification_configuration",
        "keys(@)[?@ != 'ResponseMetadata']",
    ),
    _per_bucket("BucketObjectLockConfiguration", "get_object_lock_configuration", "[ObjectLockConfiguration]"),
    _per_bucket("BucketOwnershipControls", "get_bucket_ownership_controls", "OwnershipControls.Rules"),
    _per_bucket("BucketPolicy", "get_bucket_policy", "[Policy]"),
    _per_bucket("BucketPublicAccessBlock", "get_public_access_block", "[PublicAccessBlockConfiguration]"),
    _per_bucket("BucketReplicationConfig", "get_bucket_replication", "ReplicationConfiguration.Rules"),
    _per_bucket(
        "BucketServerSideEncryptionConfiguration", "get_bucket_encryption", "ServerSideEncryptionConfiguration.Rules"
    ),
    _per_bucket("BucketVersioning", "get_bucket_versioning", "[ResponseMetadata]"),
    _parts(
        "aws:secretsmanager/secretVersion:SecretVersion",
        _SECRETS,
        "list_secret_version_ids",
        "Versions[].VersionId",
        lambda secret, version: [f"{secret}|{version}"],
    ),
    PartListing("aws:securityhub/account:Account", "securityhub", _hub),
    PartListing("aws:wafv2/webAclAssociation:WebAclAssociation", "wafv2", _acl_associations),
)
"""All listings of this module, one per resource type."""
