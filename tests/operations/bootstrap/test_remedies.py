"""After the stated next step, a conflict is gone."""

import re
from collections.abc import Callable

import pytest

from operations.bootstrap.account import apply_action, read_account
from operations.bootstrap.cloud import AwsClients
from operations.bootstrap.context import AccountContext
from operations.bootstrap.desired import desired_resources
from operations.bootstrap.plan import FIXED, Action, Change, Resource, ResourceKind, conflicts, plan, to_do
from operations.bootstrap.remedies import remedy

TABLE, STATE = "campus-prod-leases", "campus-prod-pulumi-state"


def _plan(clients: AwsClients, context: AccountContext) -> tuple[Action, ...]:
    resources = desired_resources(context)
    return plan(resources, read_account(clients, resources))


def _single_region_key(clients: AwsClients, context: AccountContext, region: str) -> None:
    """Create a key of one Region that has the name and the alias of the state's key."""
    kms = clients.client("kms", region)
    tags = [{"TagKey": "Name", "TagValue": context.named("pulumi")}]
    key = kms.create_key(Tags=tags)["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName=context.alias, TargetKeyId=key)


def _other_table(clients: AwsClients, _context: AccountContext) -> None:
    clients.client("dynamodb").create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        DeletionProtectionEnabled=True,
    )


def _bucket_elsewhere(clients: AwsClients, _context: AccountContext) -> None:
    where = {"LocationConstraint": "eu-west-1"}
    clients.client("s3", "eu-west-1").create_bucket(Bucket=STATE, CreateBucketConfiguration=where)


CONFLICTS: dict[str, Callable[[AwsClients, AccountContext], None]] = {
    "KMS key": lambda clients, context: _single_region_key(clients, context, "us-east-1"),
    "KMS replica key": lambda clients, context: _single_region_key(clients, context, "us-west-2"),
    "S3 bucket": _bucket_elsewhere,
    "DynamoDB table": _other_table,
}


def _run(clients: AwsClients, command: str) -> None:
    """Make the call of an AWS CLI command with the emulated account."""
    _, service, operation, *options = command.split()
    args: dict[str, object] = {}
    for flag, value in zip(options, [*options[1:], ""], strict=True):
        if flag == "--no-deletion-protection-enabled":
            args["DeletionProtectionEnabled"] = False
        elif flag.startswith("--"):
            args["".join(word.title() for word in flag[2:].split("-"))] = value
    region = str(args.pop("Region"))
    name = "s3" if service == "s3api" else service
    getattr(clients.client(name, region), operation.replace("-", "_"))(**args)


@pytest.mark.parametrize("kind", CONFLICTS)
def test_the_next_run_succeeds_after_the_stated_commands(clients: AwsClients, prod: AccountContext, kind: str) -> None:
    CONFLICTS[kind](clients, prod)
    (action,) = conflicts(_plan(clients, prod))
    assert action.resource.kind == kind
    text = remedy(prod, action)
    assert "AWS cannot change this" in text
    assert text.endswith("Then run `ops bootstrap prod --execute`.")
    for command in re.findall(r"`(aws [^`]+)`", text):
        _run(clients, command)
    for step in to_do(_plan(clients, prod)):
        apply_action(clients, step, lambda _sentence: None)
    assert {each.change for each in _plan(clients, prod)} == {Change.KEEP}


def test_every_attribute_that_cannot_be_changed_has_a_next_step() -> None:
    assert {kind.value for kind in FIXED} == set(CONFLICTS)


def test_a_primary_key_in_the_dr_region_is_moved_back(prod: AccountContext) -> None:
    (copy,) = (each for each in desired_resources(prod) if each.kind is ResourceKind.KEY_COPY)
    present = {**copy.attributes, "primary region": "us-west-2"}
    assert "aws kms update-primary-region --region us-west-2" in remedy(prod, _conflict(copy, present))
    assert "--primary-region us-east-1`" in remedy(prod, _conflict(copy, present))


def test_another_region_of_a_bucket_may_also_be_a_mistake_in_the_settings(prod: AccountContext) -> None:
    (bucket,) = (each for each in desired_resources(prod) if each.name == STATE)
    text = remedy(prod, _conflict(bucket, {**bucket.attributes, "region": "eu-west-1"}))
    assert "If eu-west-1 is right, correct the region in Pulumi.prod.yaml. Otherwise" in text


def _conflict(resource: Resource, present: dict[str, object]) -> Action:
    (action,) = plan([resource], {resource.label: present})
    assert action.change is Change.CONFLICT
    return action
