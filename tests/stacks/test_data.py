"""Database, evidence store and Vault snapshots of each environment."""

import json

import pytest

from stacks.requirements import BACKUP_RETENTION_DAYS, DATA_CLASS
from tests.stacks.graph import Graph


def test_database_is_encrypted_private_and_uses_iam(any_environment: Graph) -> None:
    database = any_environment.one("rds.Instance", "records")
    assert database["storageEncrypted"] is True
    assert database["kmsKeyId"] == any_environment.one("kms.Key", "database").arn
    assert database["publiclyAccessible"] is False
    assert database["iamDatabaseAuthenticationEnabled"] is True
    assert database["performanceInsightsEnabled"] is True
    assert database["enabledCloudwatchLogsExports"] == ["postgresql", "upgrade"]


def test_every_database_requires_tls(any_environment: Graph) -> None:
    for group in any_environment.all("rds.ParameterGroup"):
        assert group["family"] == "postgres16"
        assert {"name": "rds.force_ssl", "value": "1", "applyMethod": "immediate"} in group["parameters"]


def test_prod_backups_survive_the_loss_of_their_region(preprod: Graph, prod: Graph) -> None:
    for graph in (preprod, prod):
        copies = graph.one("rds.InstanceAutomatedBackupsReplication")
        assert copies.region == "us-west-2"
        assert copies["sourceDbInstanceArn"] == graph.one("rds.Instance", "records").arn
        assert copies["kmsKeyId"] == graph.one("kms.Key", "database-dr").arn
        assert copies["retentionPeriod"] >= BACKUP_RETENTION_DAYS


def test_passwords_are_never_logged_but_schema_changes_and_grants_are(any_environment: Graph) -> None:
    for group in any_environment.all("rds.ParameterGroup"):
        values = {each["name"]: each["value"] for each in group["parameters"]}
        assert values["log_statement"] == "none"
        assert values["pgaudit.log"] == "ddl,role"
        assert "pgaudit" in values["shared_preload_libraries"].split(",")


def test_snapshots_have_the_data_classification_tag(any_environment: Graph) -> None:
    for database in any_environment.all("rds.Instance"):
        assert database["copyTagsToSnapshot"] is True
        assert database.tags["data-classification"] == DATA_CLASS[any_environment.exports["environment"]]


def test_irreplaceable_resources_are_protected_in_pulumi(dev: Graph, prod: Graph) -> None:
    protected = {(node.type.rpartition(":")[2], node.name) for node in prod.nodes if node.protect}
    instances = {("Instance", "records"), ("Instance", "records-dr")}
    vaults = {("Vault", "backups"), ("Vault", "backups-dr")}
    assert protected >= instances | vaults | {("Bucket", bucket.name) for bucket in prod.all("s3.Bucket")}
    assert not any(node.protect for node in dev.nodes)


@pytest.mark.parametrize(
    ("environment", "production_like"), [("dev", False), ("staging", False), ("preprod", True), ("prod", True)]
)
def test_production_data_survives_zone_loss_and_accidental_deletion(
    request: pytest.FixtureRequest, environment: str, *, production_like: bool
) -> None:
    graph: Graph = request.getfixturevalue(environment)
    database = graph.one("rds.Instance", "records")
    assert database["multiAz"] is production_like
    assert database["deletionProtection"] is production_like
    assert database["skipFinalSnapshot"] is not production_like
    assert database["deleteAutomatedBackups"] is not production_like
    assert (database["backupRetentionPeriod"] >= BACKUP_RETENTION_DAYS) is production_like
    assert database["finalSnapshotIdentifier"] == (f"campus-{environment}-records-final" if production_like else None)


def test_master_password_is_a_generated_secret(any_environment: Graph) -> None:
    database = any_environment.one("rds.Instance", "records")
    assert database.is_secret("password")
    assert database.ignoreChanges == ("password",)
    assert any_environment.calls[0]["args"]["excludePunctuation"] is True


def test_prod_database_survives_the_loss_of_its_region(prod: Graph) -> None:
    replica = prod.one("rds.Instance", "records-dr")
    assert replica.region == "us-west-2"
    assert replica["replicateSourceDb"] == prod.one("rds.Instance", "records").arn
    assert replica["kmsKeyId"] == prod.one("kms.Key", "database-dr").arn
    assert replica["dbSubnetGroupName"] == prod.one("rds.SubnetGroup", "records-dr")["name"]
    assert prod.one("rds.SubnetGroup", "records-dr").region == "us-west-2"
    assert not {"username", "password", "engine", "dbName"} & set(replica.inputs)


def test_only_preprod_and_prod_have_a_replica(dev: Graph, staging: Graph, preprod: Graph) -> None:
    assert len(dev.all("rds.Instance")) == len(staging.all("rds.Instance")) == 1
    assert len(preprod.all("rds.Instance")) == 2


def test_log_groups_exist_before_the_database(prod: Graph) -> None:
    for name in ("records", "records-dr"):
        groups = {
            group.urn
            for group in prod.all("cloudwatch.LogGroup")
            if group.name in {f"{name}-postgresql", f"{name}-upgrade"}
        }
        assert len(groups) == 2
        assert groups <= set(prod.one("rds.Instance", name).dependencies)


def test_every_bucket_is_versioned_private_and_owner_enforced(any_environment: Graph) -> None:
    buckets = {bucket["bucket"] for bucket in any_environment.all("s3.Bucket")}
    for kind in (
        "BucketVersioning",
        "BucketPublicAccessBlock",
        "BucketOwnershipControls",
        "BucketLifecycleConfiguration",
    ):
        assert {node["bucket"] for node in any_environment.all(f"s3.{kind}")} == buckets
    for block in any_environment.all("s3.BucketPublicAccessBlock"):
        assert {block[key] for key in block.inputs if key not in {"bucket", "region"}} == {True}
    for owner in any_environment.all("s3.BucketOwnershipControls"):
        assert owner["rule"] == {"objectOwnership": "BucketOwnerEnforced"}


def test_every_bucket_requires_tls(any_environment: Graph) -> None:
    policies = [json.loads(node["policy"])["Statement"] for node in any_environment.all("s3.BucketPolicy")]
    assert len(policies) == len(any_environment.all("s3.Bucket"))
    for statements in policies:
        denied = {each["Sid"]: each for each in statements if each["Effect"] == "Deny"}
        assert denied["TlsOnly"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert denied["TlsOnly"]["Principal"] == {"AWS": "*"}


def test_evidence_is_encrypted_with_its_own_key(prod: Graph) -> None:
    for name in ("evidence", "evidence-dr"):
        (rule,) = prod.one("s3.BucketServerSideEncryptionConfiguration", name)["rules"]
        assert rule["bucketKeyEnabled"] is True
        assert rule["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"] == prod.one("kms.Key", name).arn


def test_evidence_cannot_be_deleted_for_seven_years(preprod: Graph, prod: Graph) -> None:
    for graph in (preprod, prod):
        for name in ("evidence", "evidence-dr"):
            assert graph.one("s3.Bucket", name)["objectLockEnabled"] is True
            retention = graph.one("s3.BucketObjectLockConfiguration", name)["rule"]["defaultRetention"]
            assert retention == {"mode": "COMPLIANCE", "years": 7}
            (rule,) = graph.one("s3.BucketLifecycleConfiguration", name)["rules"]
            assert rule["expiration"]["days"] >= 7 * 365 + 2


def test_evidence_replicates_to_the_dr_region(prod: Graph) -> None:
    replication = prod.one("s3.BucketReplicationConfig", "evidence-replication")
    (rule,) = replication["rules"]
    assert replication["bucket"] == prod.one("s3.Bucket", "evidence")["bucket"]
    assert rule["destination"]["bucket"] == prod.one("s3.Bucket", "evidence-dr").arn
    assert prod.one("s3.Bucket", "evidence-dr").region == "us-west-2"
    assert rule["destination"]["encryptionConfiguration"]["replicaKmsKeyId"] == prod.one("kms.Key", "evidence-dr").arn
    assert rule["destination"]["replicationTime"] == {"status": "Enabled", "time": {"minutes": 15}}
    assert rule["destination"]["metrics"] == {"status": "Enabled", "eventThreshold": {"minutes": 15}}
    assert rule["sourceSelectionCriteria"]["sseKmsEncryptedObjects"] == {"status": "Enabled"}


def test_failed_or_late_replication_is_reported(prod: Graph) -> None:
    (topic,) = prod.one("s3.BucketNotification", "evidence-replication")["topics"]
    assert topic["topicArn"] == prod.one("sns.Topic", "data-notices").arn
    assert topic["events"] == [
        "s3:Replication:OperationFailedReplication",
        "s3:Replication:OperationMissedThreshold",
    ]


def test_encrypted_buckets_reject_objects_under_another_key(any_environment: Graph) -> None:
    encrypted = {
        node["bucket"]: rule["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"]
        for node in any_environment.all("s3.BucketServerSideEncryptionConfiguration")
        for rule in node["rules"]
        if rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"] == "aws:kms"
    }
    assert len(encrypted) >= 2
    policies = {node["bucket"]: json.loads(node["policy"]) for node in any_environment.all("s3.BucketPolicy")}
    for bucket, key in encrypted.items():
        denied = {each["Sid"]: each for each in policies[bucket]["Statement"] if each["Effect"] == "Deny"}
        header = "s3:x-amz-server-side-encryption"
        for sid, name, expected in (
            ("OtherEncryption", header, "aws:kms"),
            ("OtherKey", f"{header}-aws-kms-key-id", key),
        ):
            assert denied[sid]["Condition"] == {"StringNotEquals": {name: expected}, "Null": {name: "false"}}
        assert denied["OtherKey"]["Action"] == ["s3:PutObject"]


def test_vault_snapshots_are_retained_30_days_and_replicated(preprod: Graph, prod: Graph) -> None:
    for graph in (preprod, prod):
        for name in ("vault-snapshots", "vault-snapshots-dr"):
            (rule,) = graph.one("s3.BucketLifecycleConfiguration", name)["rules"]
            assert rule["expiration"]["days"] == BACKUP_RETENTION_DAYS
            (encryption,) = graph.one("s3.BucketServerSideEncryptionConfiguration", name)["rules"]
            assert encryption["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"] == graph.one("kms.Key", name).arn
        replication = graph.one("s3.BucketReplicationConfig", "vault-snapshots-replication")
        assert replication["rules"][0]["destination"]["bucket"] == graph.one("s3.Bucket", "vault-snapshots-dr").arn


def test_vault_snapshot_job_may_only_add_snapshots(any_environment: Graph) -> None:
    bucket = any_environment.one("s3.Bucket", "vault-snapshots").arn
    put, encrypt = json.loads(any_environment.one("iam.RolePolicy", "vault-snapshots")["policy"])["Statement"]
    assert (put["Action"], put["Resource"]) == (["s3:PutObject"], [f"{bucket}/*"])
    assert encrypt["Resource"] == [any_environment.one("kms.Key", "vault-snapshots").arn]
    identity = any_environment.one("eks.PodIdentityAssociation", "vault-snapshots")
    assert (identity["namespace"], identity["serviceAccount"]) == ("vault", "vault-snapshots")
    (trust,) = json.loads(any_environment.one("iam.Role", "vault-snapshots")["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    session_tags = trust["Condition"]["StringEquals"]
    assert session_tags["aws:RequestTag/eks-cluster-name"] == any_environment.exports["clusterName"]
    assert session_tags["aws:RequestTag/kubernetes-namespace"] == "vault"
    assert session_tags["aws:RequestTag/kubernetes-service-account"] == "vault-snapshots"


def test_evidence_access_is_logged_in_the_same_region(prod: Graph) -> None:
    for name in ("evidence", "evidence-dr"):
        logging = prod.one("s3.BucketLogging", name)
        assert logging["targetBucket"] == prod.one("s3.Bucket", f"{name}-access-logs")["bucket"]
        assert logging.region == prod.one("s3.Bucket", f"{name}-access-logs").region


def test_only_destroyable_buckets_are_emptied(dev: Graph, prod: Graph) -> None:
    assert {bucket["forceDestroy"] for bucket in dev.all("s3.Bucket")} == {True}
    assert {bucket["forceDestroy"] for bucket in prod.all("s3.Bucket")} == {False}
