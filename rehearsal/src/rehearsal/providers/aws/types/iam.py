"""IAM: roles, policies, instance profiles and identity providers."""

import json
from typing import Any

from rehearsal.providers.aws.calls import AwsError
from rehearsal.providers.aws.table import Auto, Op, ResourceType, Step, of_item, of_work, op
from rehearsal.providers.aws.tags import TagCalls
from rehearsal.providers.aws.work import Work

POLICY_VERSIONS = 5
"""How many versions of a policy AWS keeps."""


def _tags(noun: str, member: str) -> TagCalls:
    return TagCalls(f"tag_{noun}", f"untag_{noun}", lambda work: {member: work.id})


def document(value: Any) -> str | None:
    """A policy document as text; botocore hands out parsed ones."""
    return value if isinstance(value, str) or value is None else json.dumps(value)


def _assume_policy(work: Work) -> None:
    wanted = {"RoleName": work.id, "PolicyDocument": work.new["assumeRolePolicy"]}
    work.call("update_assume_role_policy", wanted)


def _boundary(work: Work) -> None:
    boundary = work.new.get("permissionsBoundary")
    if boundary:
        work.call("put_role_permissions_boundary", {"RoleName": work.id, "PermissionsBoundary": boundary})
    else:
        work.call("delete_role_permissions_boundary", {"RoleName": work.id})


def _inline_policies(work: Work) -> None:
    old = {one["name"]: one["policy"] for one in work.old.get("inlinePolicies") or [] if one.get("name")}
    new = {one["name"]: one["policy"] for one in work.new.get("inlinePolicies") or [] if one.get("name")}
    for name in sorted(old.keys() - new.keys()):
        work.call("delete_role_policy", {"RoleName": work.id, "PolicyName": name})
    for name, policy in new.items():
        if old.get(name) != policy:
            work.call("put_role_policy", {"RoleName": work.id, "PolicyName": name, "PolicyDocument": policy})


def _managed_policies(work: Work) -> None:
    old, new = set(work.old.get("managedPolicyArns") or []), set(work.new.get("managedPolicyArns") or [])
    for arn in sorted(old - new):
        work.call("detach_role_policy", {"RoleName": work.id, "PolicyArn": arn})
    for arn in sorted(new - old):
        work.call("attach_role_policy", {"RoleName": work.id, "PolicyArn": arn})


def _read_inline_policies(work: Work) -> list[Any]:
    names = work.call("list_role_policies", {"RoleName": work.id}, pages=True)["PolicyNames"]
    return [
        {
            "name": name,
            "policy": document(
                work.call("get_role_policy", {"RoleName": work.id, "PolicyName": name})["PolicyDocument"]
            ),
        }
        for name in names
    ]


def _attached(work: Work) -> list[str]:
    answer = work.call("list_attached_role_policies", {"RoleName": work.id}, pages=True)
    return [one["PolicyArn"] for one in answer["AttachedPolicies"]]


def _release_role(work: Work) -> None:
    """Take away what hinders deletion: the role's own inline and managed policies, or all of them when told so."""
    everything = bool(work.get("forceDetachPolicies"))
    attached = _attached(work)
    for arn in attached if everything else set(attached) & set(work.new.get("managedPolicyArns") or []):
        work.call("detach_role_policy", {"RoleName": work.id, "PolicyArn": arn})
    inline = work.call("list_role_policies", {"RoleName": work.id}, pages=True)["PolicyNames"]
    own = {one.get("name") for one in work.new.get("inlinePolicies") or []}
    for name in inline if everything else set(inline) & own:
        work.call("delete_role_policy", {"RoleName": work.id, "PolicyName": name})


def _new_policy_version(work: Work) -> None:
    versions = work.call("list_policy_versions", {"PolicyArn": work.id}, pages=True)["Versions"]
    spare = [one for one in versions if not one["IsDefaultVersion"]]
    if len(versions) >= POLICY_VERSIONS and spare:
        oldest = min(spare, key=lambda one: int(one["VersionId"].removeprefix("v")))
        work.call("delete_policy_version", {"PolicyArn": work.id, "VersionId": oldest["VersionId"]})
    wanted = {"PolicyArn": work.id, "PolicyDocument": work.new["policy"], "SetAsDefault": True}
    work.call("create_policy_version", wanted)


def _policy_text(work: Work, item: Any) -> str | None:
    version = {"PolicyArn": work.id, "VersionId": item["DefaultVersionId"]}
    return document(work.call("get_policy_version", version)["PolicyVersion"]["Document"])


def _delete_old_versions(work: Work) -> None:
    for one in work.call("list_policy_versions", {"PolicyArn": work.id}, pages=True)["Versions"]:
        if not one["IsDefaultVersion"]:
            work.call("delete_policy_version", {"PolicyArn": work.id, "VersionId": one["VersionId"]})


def _find_attachment(work: Work, answer: Any) -> Any:
    wanted = work.get("policyArn")
    return next((one for one in answer["AttachedPolicies"] if one["PolicyArn"] == wanted), None)


def _profile_role(work: Work) -> None:
    if work.old.get("role"):
        _leave_profile(work, work.old["role"])
    if work.new.get("role"):
        wanted = {"InstanceProfileName": work.id, "RoleName": work.new["role"]}
        work.call("add_role_to_instance_profile", wanted)


def _leave_profile(work: Work, role: str) -> None:
    try:
        work.call("remove_role_from_instance_profile", {"InstanceProfileName": work.id, "RoleName": role})
    except AwsError as error:
        if not error.is_missing:
            raise


def _empty_profile(work: Work) -> None:
    if work.get("role"):
        _leave_profile(work, work.get("role"))


def _client_ids(work: Work) -> None:
    old, new = set(work.old.get("clientIdLists") or []), set(work.new.get("clientIdLists") or [])
    target = {"OpenIDConnectProviderArn": work.id}
    for client in sorted(new - old):
        work.call("add_client_id_to_open_id_connect_provider", {**target, "ClientID": client})
    for client in sorted(old - new):
        work.call("remove_client_id_from_open_id_connect_provider", {**target, "ClientID": client})


def _issuer_url(work: Work, item: Any) -> str:
    written = work.get("url")
    live = item["Url"]
    return str(written) if written and written.removeprefix("https://") == live.removeprefix("https://") else live


TYPES = (
    ResourceType(
        tokens=("aws:iam/role:Role",),
        service="iam",
        id="{name}",
        key="RoleName",
        create=op("create_role"),
        read=op("get_role"),
        update=[
            Step(inputs=("assumeRolePolicy",), run=_assume_policy, on_create=False),
            Step(inputs=("permissionsBoundary",), run=_boundary, on_create=False),
            Step(inputs=("inlinePolicies",), run=_inline_policies),
            Step(inputs=("managedPolicyArns",), run=_managed_policies),
            op("update_role", whole=True),
        ],
        before_delete=[_release_role],
        delete=op("delete_role"),
        names={"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument", "uniqueId": "RoleId"},
        defaults={"maxSessionDuration": 3600, "path": "/", "forceDetachPolicies": False},
        auto=Auto(limit=64),
        local=("forceDetachPolicies",),
        outputs={
            "assumeRolePolicy": of_item(lambda item: document(item["AssumeRolePolicyDocument"])),
            "permissionsBoundary": "PermissionsBoundary.PermissionsBoundaryArn",
            "inlinePolicies": of_work(_read_inline_policies),
            "managedPolicyArns": of_work(_attached),
        },
        tagging=_tags("role", "RoleName"),
    ),
    ResourceType(
        tokens=("aws:iam/policy:Policy",),
        service="iam",
        id="Arn",
        key="PolicyArn",
        create=op("create_policy"),
        read=op("get_policy"),
        update=[Step(inputs=("policy",), run=_new_policy_version, on_create=False)],
        before_delete=[_delete_old_versions],
        delete=op("delete_policy"),
        names={"name": "PolicyName", "policy": "PolicyDocument"},
        defaults={"path": "/"},
        auto=Auto(limit=128),
        local=("delayAfterPolicyCreationInMs",),
        outputs={"policy": _policy_text},
        tagging=_tags("policy", "PolicyArn"),
    ),
    ResourceType(
        tokens=("aws:iam/rolePolicy:RolePolicy",),
        service="iam",
        id="{role}:{name}",
        create=op("put_role_policy"),
        read=op("get_role_policy"),
        item="@",
        update=[op("put_role_policy", whole=True)],
        delete=op("delete_role_policy"),
        names={"role": "RoleName", "name": "PolicyName", "policy": "PolicyDocument"},
        auto=Auto(limit=128),
        outputs={"policy": of_item(lambda item: document(item["PolicyDocument"]))},
    ),
    ResourceType(
        tokens=("aws:iam/rolePolicyAttachment:RolePolicyAttachment",),
        service="iam",
        id="{role}/{policyArn}",
        create=op("attach_role_policy"),
        read=op("list_attached_role_policies"),
        item=_find_attachment,
        delete=op("detach_role_policy"),
        names={"role": "RoleName"},
    ),
    ResourceType(
        tokens=("aws:iam/instanceProfile:InstanceProfile",),
        service="iam",
        id="{name}",
        key="InstanceProfileName",
        create=op("create_instance_profile"),
        read=op("get_instance_profile"),
        update=[Step(inputs=("role",), run=_profile_role)],
        before_delete=[_empty_profile],
        delete=op("delete_instance_profile"),
        names={"name": "InstanceProfileName", "uniqueId": "InstanceProfileId"},
        defaults={"path": "/"},
        auto=Auto(limit=128),
        outputs={"role": "Roles[0].RoleName"},
        tagging=_tags("instance_profile", "InstanceProfileName"),
    ),
    ResourceType(
        tokens=("aws:iam/openIdConnectProvider:OpenIdConnectProvider",),
        service="iam",
        id="OpenIDConnectProviderArn",
        create=op("create_open_id_connect_provider"),
        read=op("get_open_id_connect_provider"),
        item="@",
        update=[
            Step(inputs=("clientIdLists",), run=_client_ids, on_create=False),
            op("update_open_id_connect_provider_thumbprint"),
        ],
        delete=Op(name="delete_open_id_connect_provider"),
        arn="{id}",
        outputs={"url": _issuer_url},
        tagging=_tags("open_id_connect_provider", "OpenIDConnectProviderArn"),
    ),
)
