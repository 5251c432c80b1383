"""Facts about the database and the evidence store."""

import json

import pytest

from tests.stacks.graph import Graph


def test_the_database_is_encrypted_private_and_under_iam(any_environment: Graph) -> None:
    database = any_environment.one("rds.Instance", "records")
    assert database["storageEncrypted"] is True
    assert database["kmsKeyId"] == any_environment.one("kms.Key", "database").arn
    assert database["publiclyAccessible"] is False
    assert database["iamDatabaseAuthenticationEnabled"] is True
    assert database["performanceInsightsEnabled"] is True
    assert database["enabledCloudwatchLogsExports"] == ["postgresql", "upgrade"]


def test_every_instance_insists_on_tls(any_environment: Graph) -> None:
    for group in any_environment.all("rds.ParameterGroup"):
        assert group["family"] == "postgres16"
        assert {"name": "rds.force_ssl", "value": "1", "applyMethod": "immediate"} in group["parameters"]


@pytest.mark.parametrize(
    ("environment", "guarded"), [("dev", False), ("staging", False), ("preprod", True), ("prod", True)]
)
def test_data_that_matters_survives_a_zone_and_a_mistake(
    request: pytest.FixtureRequest, environment: str, *, guarded: bool
) -> None:
    graph: Graph = request.getfixturevalue(environment)
    database = graph.one("rds.Instance", "records")
    assert database["multiAz"] is guarded
    assert database["deletionProtection"] is guarded
    assert database["skipFinalSnapshot"] is not guarded
    assert database["deleteAutomatedBackups"] is not guarded
    assert (database["backupRetentionPeriod"] >= 30) is guarded


def test_nobody_knows_the_master_password(any_environment: Graph) -> None:
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


def test_only_guarded_environments_have_a_replica(dev: Graph, staging: Graph, preprod: Graph) -> None:
    assert len(dev.all("rds.Instance")) == len(staging.all("rds.Instance")) == 1
    assert len(preprod.all("rds.Instance")) == 2


def test_log_groups_exist_before_rds_would_make_its_own(prod: Graph) -> None:
    for name in ("records", "records-dr"):
        groups = {
            group.urn
            for group in prod.all("cloudwatch.LogGroup")
            if group.name in {f"{name}-postgresql", f"{name}-upgrade"}
        }
        assert len(groups) == 2
        assert groups <= set(prod.one("rds.Instance", name).dependencies)


def test_every_bucket_is_versioned_closed_and_owned(any_environment: Graph) -> None:
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


def test_no_bucket_answers_without_tls(any_environment: Graph) -> None:
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


def test_evidence_is_copied_to_the_dr_region_in_real_time(prod: Graph) -> None:
    replication = prod.one("s3.BucketReplicationConfig")
    (rule,) = replication["rules"]
    assert replication["bucket"] == prod.one("s3.Bucket", "evidence")["bucket"]
    assert rule["destination"]["bucket"] == prod.one("s3.Bucket", "evidence-dr").arn
    assert prod.one("s3.Bucket", "evidence-dr").region == "us-west-2"
    assert rule["destination"]["encryptionConfiguration"]["replicaKmsKeyId"] == prod.one("kms.Key", "evidence-dr").arn
    assert rule["destination"]["replicationTime"] == {"status": "Enabled", "time": {"minutes": 15}}
    assert rule["sourceSelectionCriteria"]["sseKmsEncryptedObjects"] == {"status": "Enabled"}


def test_touching_evidence_leaves_a_trace_in_the_same_region(prod: Graph) -> None:
    for name in ("evidence", "evidence-dr"):
        logging = prod.one("s3.BucketLogging", name)
        assert logging["targetBucket"] == prod.one("s3.Bucket", f"{name}-access-logs")["bucket"]
        assert logging.region == prod.one("s3.Bucket", f"{name}-access-logs").region


def test_only_disposable_buckets_are_emptied(dev: Graph, prod: Graph) -> None:
    assert {bucket["forceDestroy"] for bucket in dev.all("s3.Bucket")} == {True}
    assert {bucket["forceDestroy"] for bucket in prod.all("s3.Bucket")} == {False}
