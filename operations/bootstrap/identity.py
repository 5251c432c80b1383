"""OIDC provider, pipeline roles and their permissions boundary."""

from typing import Any

from operations.bootstrap.cloud import (
    AwsClients,
    ResourceHandler,
    call_or_none,
    compact_json,
    managed_tags,
    parse_document,
    tag_list,
    tags_by_key,
)
from operations.bootstrap.plan import Attributes, Resource

MOST_VERSIONS = 5
"""Maximum number of versions of a managed policy. Source: IAM User Guide, "IAM and AWS STS quotas"."""


def _iam(clients: AwsClients) -> Any:
    return clients.client("iam")


def _arn(clients: AwsClients, resource: str) -> str:
    return f"arn:aws:iam::{clients.account}:{resource}"


def _provider(clients: AwsClients, resource: Resource) -> str:
    return _arn(clients, f"oidc-provider/{resource.name}")


def _find_provider(clients: AwsClients, resource: Resource) -> Attributes | None:
    found = call_or_none(
        _iam(clients).get_open_id_connect_provider, OpenIDConnectProviderArn=_provider(clients, resource)
    )
    if found is None:
        return None
    wanted = set(resource.attributes["audiences"])
    return {
        "audiences": [audience for audience in found["ClientIDList"] if audience in wanted],
        "tags": managed_tags(resource, tags_by_key(found.get("Tags", []))),
    }


def _create_provider(clients: AwsClients, resource: Resource) -> None:
    """Create the provider without thumbprints.

    For GitHub, AWS relies on its own list of trusted certificate authorities instead.
    """
    _iam(clients).create_open_id_connect_provider(
        Url=f"https://{resource.name}", ClientIDList=resource.attributes["audiences"], Tags=tag_list(resource)
    )


def _audiences(clients: AwsClients, resource: Resource) -> None:
    for audience in resource.attributes["audiences"]:
        _iam(clients).add_client_id_to_open_id_connect_provider(
            OpenIDConnectProviderArn=_provider(clients, resource), ClientID=audience
        )


def _tag_provider(clients: AwsClients, resource: Resource) -> None:
    _iam(clients).tag_open_id_connect_provider(
        OpenIDConnectProviderArn=_provider(clients, resource), Tags=tag_list(resource)
    )


PROVIDER = ResourceHandler(_find_provider, _create_provider, {"audiences": _audiences, "tags": _tag_provider})


def _policy(clients: AwsClients, resource: Resource) -> str:
    return _arn(clients, f"policy/{resource.name}")


def _find_policy(clients: AwsClients, resource: Resource) -> Attributes | None:
    iam, arn = _iam(clients), _policy(clients, resource)
    found = call_or_none(iam.get_policy, PolicyArn=arn)
    if found is None:
        return None
    version = iam.get_policy_version(PolicyArn=arn, VersionId=found["Policy"]["DefaultVersionId"])
    return {
        "document": parse_document(version["PolicyVersion"]["Document"]),
        "tags": managed_tags(resource, tags_by_key(iam.list_policy_tags(PolicyArn=arn)["Tags"])),
    }


def _create_policy(clients: AwsClients, resource: Resource) -> None:
    document = compact_json(resource.attributes["document"])
    _iam(clients).create_policy(PolicyName=resource.name, PolicyDocument=document, Tags=tag_list(resource))


def _document(clients: AwsClients, resource: Resource) -> None:
    """Create a new default version of the policy.

    If the policy already has the maximum number of versions, first delete the oldest version that is not the default.
    """
    iam, arn = _iam(clients), _policy(clients, resource)
    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    if len(versions) >= MOST_VERSIONS:
        spare = [version for version in versions if not version["IsDefaultVersion"]]
        oldest = min(spare, key=lambda version: version["CreateDate"])
        iam.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])
    iam.create_policy_version(
        PolicyArn=arn, PolicyDocument=compact_json(resource.attributes["document"]), SetAsDefault=True
    )


def _tag_policy(clients: AwsClients, resource: Resource) -> None:
    _iam(clients).tag_policy(PolicyArn=_policy(clients, resource), Tags=tag_list(resource))


POLICY = ResourceHandler(_find_policy, _create_policy, {"document": _document, "tags": _tag_policy})

PERMISSIONS = "permissions"
"""Name of a role's only inline policy."""
POLICIES = "policies"
"""Name of the attribute with the ARNs of a role's managed policies."""


def _find_role(clients: AwsClients, resource: Resource) -> Attributes | None:
    iam = _iam(clients)
    answer = call_or_none(iam.get_role, RoleName=resource.name)
    if answer is None:
        return None
    role = answer["Role"]
    return {
        "trust": parse_document(role["AssumeRolePolicyDocument"]),
        PERMISSIONS: _permissions_of(iam, resource),
        POLICIES: [arn for arn in _attached(iam, resource) if arn in _wanted(resource)],
        "session seconds": role["MaxSessionDuration"],
        "boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "tags": managed_tags(resource, tags_by_key(iam.list_role_tags(RoleName=resource.name)["Tags"])),
    }


def _permissions_of(iam: Any, resource: Resource) -> Any:
    """Return the role's policy document.

    If the role has a policy that is not desired, return the names of these policies instead. The plan then repairs the
    role.
    """
    inline = iam.list_role_policies(RoleName=resource.name)["PolicyNames"]
    beside = [
        *(name for name in inline if name != PERMISSIONS),
        *(arn for arn in _attached(iam, resource) if arn not in _wanted(resource)),
    ]
    if beside:
        return {"and also": beside}
    found = call_or_none(iam.get_role_policy, RoleName=resource.name, PolicyName=PERMISSIONS)
    return found and parse_document(found["PolicyDocument"])


def _attached(iam: Any, resource: Resource) -> list[str]:
    """Return the ARNs of the managed policies of a role."""
    attached = iam.list_attached_role_policies(RoleName=resource.name)["AttachedPolicies"]
    return [policy["PolicyArn"] for policy in attached]


def _wanted(resource: Resource) -> list[str]:
    """Return the ARNs of the managed policies that a role should have."""
    return list(resource.attributes.get(POLICIES, ()))


def _create_role(clients: AwsClients, resource: Resource) -> None:
    """Create the role with its boundary, so that it never exists without one."""
    limit = {"PermissionsBoundary": resource.attributes["boundary"]} if "boundary" in resource.attributes else {}
    _iam(clients).create_role(
        RoleName=resource.name,
        AssumeRolePolicyDocument=compact_json(resource.attributes["trust"]),
        MaxSessionDuration=resource.attributes["session seconds"],
        Tags=tag_list(resource),
        **limit,
    )


def _trust(clients: AwsClients, resource: Resource) -> None:
    _iam(clients).update_assume_role_policy(
        RoleName=resource.name, PolicyDocument=compact_json(resource.attributes["trust"])
    )


def _set_permissions(clients: AwsClients, resource: Resource) -> None:
    """Set our policy and remove all policies that are not desired."""
    iam = _iam(clients)
    for arn in _attached(iam, resource):
        if arn not in _wanted(resource):
            iam.detach_role_policy(RoleName=resource.name, PolicyArn=arn)
    for name in iam.list_role_policies(RoleName=resource.name)["PolicyNames"]:
        if name != PERMISSIONS:
            iam.delete_role_policy(RoleName=resource.name, PolicyName=name)
    document = compact_json(resource.attributes[PERMISSIONS])
    iam.put_role_policy(RoleName=resource.name, PolicyName=PERMISSIONS, PolicyDocument=document)


def _attach_policies(clients: AwsClients, resource: Resource) -> None:
    for arn in _wanted(resource):
        _iam(clients).attach_role_policy(RoleName=resource.name, PolicyArn=arn)


def _session(clients: AwsClients, resource: Resource) -> None:
    _iam(clients).update_role(RoleName=resource.name, MaxSessionDuration=resource.attributes["session seconds"])


def _boundary(clients: AwsClients, resource: Resource) -> None:
    _iam(clients).put_role_permissions_boundary(
        RoleName=resource.name, PermissionsBoundary=resource.attributes["boundary"]
    )


def _tag_role(clients: AwsClients, resource: Resource) -> None:
    _iam(clients).tag_role(RoleName=resource.name, Tags=tag_list(resource))


ROLE = ResourceHandler(
    _find_role,
    _create_role,
    {
        "trust": _trust,
        PERMISSIONS: _set_permissions,
        POLICIES: _attach_policies,
        "session seconds": _session,
        "boundary": _boundary,
        "tags": _tag_role,
    },
)
