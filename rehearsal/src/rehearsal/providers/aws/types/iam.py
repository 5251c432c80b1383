"""IAM: roles, policies, instance profiles, identity providers, password policy."""

import json
from typing import Any

from rehearsal.providers.aws.calls import Args, AwsError
from rehearsal.providers.aws.context import OperationContext, by_id
from rehearsal.providers.aws.table import (
    ApiCall,
    AutoName,
    CustomUpdate,
    EmulatedType,
    find_by_property,
    from_context,
    from_response,
)
from rehearsal.providers.aws.tags import TagOperations
from rehearsal.providers.values import Properties

MAX_POLICY_VERSIONS = 5
"""Maximum number of versions that AWS stores per policy."""


def _tag_operations(noun: str, member: str) -> TagOperations:
    return TagOperations(f"tag_{noun}", f"untag_{noun}", by_id(member))


def to_policy_text(value: Any) -> str | None:
    """Return a policy document as text, even if botocore has parsed it."""
    return value if isinstance(value, str) or value is None else json.dumps(value)


def _set_trust_policy(context: OperationContext) -> None:
    args = {"RoleName": context.id, "PolicyDocument": context.inputs["assumeRolePolicy"]}
    context.call("update_assume_role_policy", args)


def _set_permissions_boundary(context: OperationContext) -> None:
    boundary = context.inputs.get("permissionsBoundary")
    if boundary:
        context.call("put_role_permissions_boundary", {"RoleName": context.id, "PermissionsBoundary": boundary})
    else:
        context.call("delete_role_permissions_boundary", {"RoleName": context.id})


def _inline_policies(inputs: Properties) -> dict[str, str]:
    """Return a mapping from names to documents of a role's inline policies."""
    policies = inputs.get("inlinePolicies") or []
    return {policy["name"]: policy["policy"] for policy in policies if policy.get("name")}


def _set_inline_policies(context: OperationContext) -> None:
    old, new = _inline_policies(context.old_inputs), _inline_policies(context.inputs)
    for name in sorted(old.keys() - new.keys()):
        context.call("delete_role_policy", {"RoleName": context.id, "PolicyName": name})
    for name, policy in new.items():
        if old.get(name) != policy:
            context.call("put_role_policy", {"RoleName": context.id, "PolicyName": name, "PolicyDocument": policy})


def _set_managed_policies(context: OperationContext) -> None:
    added, removed = context.added_and_removed("managedPolicyArns")
    for arn in removed:
        context.call("detach_role_policy", {"RoleName": context.id, "PolicyArn": arn})
    for arn in added:
        context.call("attach_role_policy", {"RoleName": context.id, "PolicyArn": arn})


def _read_inline_policies(context: OperationContext) -> list[Any]:
    names = context.call("list_role_policies", {"RoleName": context.id}, pages=True)["PolicyNames"]
    return [
        {
            "name": name,
            "policy": to_policy_text(
                context.call("get_role_policy", {"RoleName": context.id, "PolicyName": name})["PolicyDocument"]
            ),
        }
        for name in names
    ]


def _attached_policy_arns(context: OperationContext) -> list[str]:
    response = context.call("list_attached_role_policies", {"RoleName": context.id}, pages=True)
    return [policy["PolicyArn"] for policy in response["AttachedPolicies"]]


def _remove_policies(context: OperationContext) -> None:
    """Remove the policies that the program set, because they would block the deletion.

    With `forceDetachPolicies`, remove all policies.
    """
    remove_all = bool(context.get("forceDetachPolicies"))
    attached = _attached_policy_arns(context)
    for arn in attached if remove_all else set(attached) & set(context.get("managedPolicyArns") or []):
        context.call("detach_role_policy", {"RoleName": context.id, "PolicyArn": arn})
    inline = context.call("list_role_policies", {"RoleName": context.id}, pages=True)["PolicyNames"]
    own_names = {policy.get("name") for policy in context.get("inlinePolicies") or []}
    for name in inline if remove_all else set(inline) & own_names:
        context.call("delete_role_policy", {"RoleName": context.id, "PolicyName": name})


def _create_policy_version(context: OperationContext) -> None:
    versions = context.call("list_policy_versions", {"PolicyArn": context.id}, pages=True)["Versions"]
    removable = [version for version in versions if not version["IsDefaultVersion"]]
    if len(versions) >= MAX_POLICY_VERSIONS and removable:
        oldest = min(removable, key=lambda version: int(version["VersionId"].removeprefix("v")))
        context.call("delete_policy_version", {"PolicyArn": context.id, "VersionId": oldest["VersionId"]})
    args = {"PolicyArn": context.id, "PolicyDocument": context.inputs["policy"], "SetAsDefault": True}
    context.call("create_policy_version", args)


def _read_policy(context: OperationContext, item: Any) -> str | None:
    version = {"PolicyArn": context.id, "VersionId": item["DefaultVersionId"]}
    return to_policy_text(context.call("get_policy_version", version)["PolicyVersion"]["Document"])


def _delete_old_versions(context: OperationContext) -> None:
    for version in context.call("list_policy_versions", {"PolicyArn": context.id}, pages=True)["Versions"]:
        if not version["IsDefaultVersion"]:
            context.call("delete_policy_version", {"PolicyArn": context.id, "VersionId": version["VersionId"]})


def _set_profile_role(context: OperationContext) -> None:
    if context.old_inputs.get("role"):
        _remove_from_profile(context, context.old_inputs["role"])
    if context.inputs.get("role"):
        args = {"InstanceProfileName": context.id, "RoleName": context.inputs["role"]}
        context.call("add_role_to_instance_profile", args)


def _remove_from_profile(context: OperationContext, role: str) -> None:
    try:
        context.call("remove_role_from_instance_profile", {"InstanceProfileName": context.id, "RoleName": role})
    except AwsError as error:
        if not error.is_missing:
            raise


def _empty_profile(context: OperationContext) -> None:
    if context.get("role"):
        _remove_from_profile(context, context.get("role"))


def _set_client_ids(context: OperationContext) -> None:
    added, removed = context.added_and_removed("clientIdLists")
    target = {"OpenIDConnectProviderArn": context.id}
    for client in added:
        context.call("add_client_id_to_open_id_connect_provider", {**target, "ClientID": client})
    for client in removed:
        context.call("remove_client_id_from_open_id_connect_provider", {**target, "ClientID": client})


def _issuer_url(context: OperationContext, item: Any) -> str:
    written = context.get("url")
    live = item["Url"]
    return str(written) if written and written.removeprefix("https://") == live.removeprefix("https://") else live


def _by_role_name_in_arn(context: OperationContext) -> Args:
    return {"RoleName": context.id.rpartition("/")[2]}


TYPES = (
    EmulatedType(
        tokens=("aws:iam/role:Role",),
        service="iam",
        id="{name}",
        id_argument="RoleName",
        create=ApiCall("create_role"),
        read=ApiCall("get_role"),
        update=[
            CustomUpdate(inputs=("assumeRolePolicy",), run=_set_trust_policy, on_create=False),
            CustomUpdate(inputs=("permissionsBoundary",), run=_set_permissions_boundary, on_create=False),
            CustomUpdate(inputs=("inlinePolicies",), run=_set_inline_policies),
            CustomUpdate(inputs=("managedPolicyArns",), run=_set_managed_policies),
            ApiCall("update_role", full_replace=True),
        ],
        before_delete=[_remove_policies],
        delete=ApiCall("delete_role"),
        names={"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument", "uniqueId": "RoleId"},
        defaults={"maxSessionDuration": 3600, "path": "/", "forceDetachPolicies": False},
        autoname=AutoName(max_length=64),
        state_only=("forceDetachPolicies",),
        outputs={
            "assumeRolePolicy": from_response(lambda item: to_policy_text(item["AssumeRolePolicyDocument"])),
            "permissionsBoundary": "PermissionsBoundary.PermissionsBoundaryArn",
            "inlinePolicies": from_context(_read_inline_policies),
            "managedPolicyArns": from_context(_attached_policy_arns),
        },
        tagging=_tag_operations("role", "RoleName"),
    ),
    EmulatedType(
        tokens=("aws:iam/policy:Policy",),
        service="iam",
        id="Arn",
        id_argument="PolicyArn",
        create=ApiCall("create_policy"),
        read=ApiCall("get_policy"),
        update=[CustomUpdate(inputs=("policy",), run=_create_policy_version, on_create=False)],
        before_delete=[_delete_old_versions],
        delete=ApiCall("delete_policy"),
        names={"name": "PolicyName", "policy": "PolicyDocument"},
        defaults={"path": "/"},
        autoname=AutoName(max_length=128),
        state_only=("delayAfterPolicyCreationInMs",),
        outputs={"policy": _read_policy},
        tagging=_tag_operations("policy", "PolicyArn"),
    ),
    EmulatedType(
        tokens=("aws:iam/rolePolicy:RolePolicy",),
        service="iam",
        id="{role}:{name}",
        create=ApiCall("put_role_policy"),
        read=ApiCall("get_role_policy"),
        item="@",
        update=[ApiCall("put_role_policy", full_replace=True)],
        delete=ApiCall("delete_role_policy"),
        names={"role": "RoleName", "name": "PolicyName", "policy": "PolicyDocument"},
        autoname=AutoName(max_length=128),
        outputs={"policy": from_response(lambda item: to_policy_text(item["PolicyDocument"]))},
    ),
    EmulatedType(
        tokens=("aws:iam/rolePolicyAttachment:RolePolicyAttachment",),
        service="iam",
        id="{role}/{policyArn}",
        create=ApiCall("attach_role_policy"),
        read=ApiCall("list_attached_role_policies"),
        item=find_by_property("AttachedPolicies", "PolicyArn", "policyArn"),
        delete=ApiCall("detach_role_policy"),
        names={"role": "RoleName"},
    ),
    EmulatedType(
        tokens=("aws:iam/instanceProfile:InstanceProfile",),
        service="iam",
        id="{name}",
        id_argument="InstanceProfileName",
        create=ApiCall("create_instance_profile"),
        read=ApiCall("get_instance_profile"),
        update=[CustomUpdate(inputs=("role",), run=_set_profile_role)],
        before_delete=[_empty_profile],
        delete=ApiCall("delete_instance_profile"),
        names={"name": "InstanceProfileName", "uniqueId": "InstanceProfileId"},
        defaults={"path": "/"},
        autoname=AutoName(max_length=128),
        outputs={"role": "Roles[0].RoleName"},
        tagging=_tag_operations("instance_profile", "InstanceProfileName"),
    ),
    EmulatedType(
        tokens=("aws:iam/openIdConnectProvider:OpenIdConnectProvider",),
        service="iam",
        id="OpenIDConnectProviderArn",
        create=ApiCall("create_open_id_connect_provider"),
        read=ApiCall("get_open_id_connect_provider"),
        item="@",
        update=[
            CustomUpdate(inputs=("clientIdLists",), run=_set_client_ids, on_create=False),
            ApiCall("update_open_id_connect_provider_thumbprint"),
        ],
        delete=ApiCall("delete_open_id_connect_provider"),
        arn="{id}",
        outputs={"url": _issuer_url},
        tagging=_tag_operations("open_id_connect_provider", "OpenIDConnectProviderArn"),
    ),
    EmulatedType(
        tokens=("aws:iam/serviceLinkedRole:ServiceLinkedRole",),
        service="iam",
        id="Arn",
        create=ApiCall("create_service_linked_role"),
        read=ApiCall("get_role", args=_by_role_name_in_arn),
        update=[
            ApiCall(
                "update_role_description",
                args=lambda context: {
                    **_by_role_name_in_arn(context),
                    "Description": context.inputs.get("description", ""),
                },
                covers_inputs=("description",),
            )
        ],
        delete=ApiCall("delete_service_linked_role", args=_by_role_name_in_arn),
        names={"name": "RoleName", "uniqueId": "RoleId"},
        outputs={"awsServiceName": from_response(lambda item: item["Path"].split("/")[2])},
        tagging=TagOperations("tag_role", "untag_role", _by_role_name_in_arn),
    ),
    EmulatedType(
        tokens=("aws:iam/accountPasswordPolicy:AccountPasswordPolicy",),
        service="iam",
        id=from_context(lambda _context: "iam-account-password-policy"),
        create=ApiCall("update_account_password_policy"),
        read=ApiCall("get_account_password_policy"),
        item="PasswordPolicy",
        update=[ApiCall("update_account_password_policy", full_replace=True)],
        delete=ApiCall("delete_account_password_policy"),
        defaults={"allowUsersToChangePassword": True},
    ),
)
