"""IAM roles, policies, profiles, identity providers and the password policy."""

from typing import Any

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase

ISSUER = "https://oidc.eks.us-east-1.amazonaws.com/id/ABC"


CASES = [
    LifecycleCase(
        "aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
        lambda _deps: {"minimumPasswordLength": 14, "requireNumbers": True, "passwordReusePrevention": 24},
        lambda _deps: {"minimumPasswordLength": 20, "requireNumbers": True, "passwordReusePrevention": 24},
    ),
    LifecycleCase(
        "aws:iam/role:Role",
        lambda deps: {"assumeRolePolicy": deps.policy("ec2"), "description": "old", "tags": OLD},
        lambda deps: {
            "assumeRolePolicy": deps.policy("eks"),
            "description": "new",
            "maxSessionDuration": 7200,
            "inlinePolicies": [{"name": "read", "policy": deps.allow("s3:Get*")}],
            "managedPolicyArns": [deps.managed_policy],
            "permissionsBoundary": deps.managed_policy,
            "tags": NEW,
        },
    ),
    LifecycleCase(
        "aws:iam/policy:Policy",
        lambda deps: {"policy": deps.allow("s3:*"), "tags": OLD},
        lambda deps: {"policy": deps.allow("ec2:*"), "tags": NEW},
    ),
    LifecycleCase(
        "aws:iam/rolePolicy:RolePolicy",
        lambda deps: {"role": deps.role.id, "policy": deps.allow("s3:*")},
        lambda deps: {"role": deps.role.id, "policy": deps.allow("ec2:*")},
    ),
    LifecycleCase(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        lambda deps: {"role": deps.role.id, "policyArn": deps.managed_policy},
        None,
    ),
    LifecycleCase(
        "aws:iam/instanceProfile:InstanceProfile",
        lambda deps: {"role": deps.role.id, "tags": OLD},
        lambda deps: {"role": deps.other_role.id, "tags": NEW},
    ),
    LifecycleCase(
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        lambda _deps: {"url": ISSUER, "clientIdLists": ["sts"], "thumbprintLists": ["a" * 40], "tags": OLD},
        lambda _deps: {"url": ISSUER, "clientIdLists": ["sts"], "thumbprintLists": ["b" * 40], "tags": NEW},
    ),
    LifecycleCase(
        "aws:iam/serviceLinkedRole:ServiceLinkedRole",
        lambda _deps: {"awsServiceName": "config.amazonaws.com", "description": "old", "tags": OLD},
        lambda _deps: {"awsServiceName": "config.amazonaws.com", "description": "new", "tags": NEW},
        replacing=lambda _deps: {"awsServiceName": "guardduty.amazonaws.com"},
    ),
]


def test_service_linked_role_has_the_name_that_aws_chose(engine: Any) -> None:
    role = engine.create("aws:iam/serviceLinkedRole:ServiceLinkedRole", awsServiceName="config.amazonaws.com")
    assert role.outputs["name"] == "AWSServiceRoleForConfig"
    assert role.id.endswith(":role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig")
