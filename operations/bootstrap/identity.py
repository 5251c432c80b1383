"""Who may come in: the OIDC provider, the roles of the pipeline, and the boundary that holds them."""

from typing import Any

from operations.bootstrap.cloud import Cloud, Handler, ask, pairs, parsed, tag_list, text, wanted_tags
from operations.bootstrap.plan import Aspects, Piece

MOST_VERSIONS = 5
"""Versions of a managed policy that IAM keeps. Source: IAM User Guide, "IAM and AWS STS quotas"."""


def _iam(cloud: Cloud) -> Any:
    return cloud.client("iam")


def _arn(cloud: Cloud, resource: str) -> str:
    return f"arn:aws:iam::{cloud.account}:{resource}"


def _provider(cloud: Cloud, piece: Piece) -> str:
    return _arn(cloud, f"oidc-provider/{piece.name}")


def _find_provider(cloud: Cloud, piece: Piece) -> Aspects | None:
    found = ask(_iam(cloud).get_open_id_connect_provider, OpenIDConnectProviderArn=_provider(cloud, piece))
    if found is None:
        return None
    wanted = set(piece.aspects["audiences"])
    return {
        "audiences": [audience for audience in found["ClientIDList"] if audience in wanted],
        "tags": wanted_tags(piece, pairs(found.get("Tags", []))),
    }


def _create_provider(cloud: Cloud, piece: Piece) -> None:
    """Without thumbprints: AWS trusts GitHub's issuer by its own certificate authorities."""
    _iam(cloud).create_open_id_connect_provider(
        Url=f"https://{piece.name}", ClientIDList=piece.aspects["audiences"], Tags=tag_list(piece)
    )


def _audiences(cloud: Cloud, piece: Piece) -> None:
    for audience in piece.aspects["audiences"]:
        _iam(cloud).add_client_id_to_open_id_connect_provider(
            OpenIDConnectProviderArn=_provider(cloud, piece), ClientID=audience
        )


def _tag_provider(cloud: Cloud, piece: Piece) -> None:
    _iam(cloud).tag_open_id_connect_provider(OpenIDConnectProviderArn=_provider(cloud, piece), Tags=tag_list(piece))


PROVIDER = Handler(_find_provider, _create_provider, {"audiences": _audiences, "tags": _tag_provider})


def _policy(cloud: Cloud, piece: Piece) -> str:
    return _arn(cloud, f"policy/{piece.name}")


def _find_policy(cloud: Cloud, piece: Piece) -> Aspects | None:
    iam, arn = _iam(cloud), _policy(cloud, piece)
    found = ask(iam.get_policy, PolicyArn=arn)
    if found is None:
        return None
    version = iam.get_policy_version(PolicyArn=arn, VersionId=found["Policy"]["DefaultVersionId"])
    return {
        "document": parsed(version["PolicyVersion"]["Document"]),
        "tags": wanted_tags(piece, pairs(iam.list_policy_tags(PolicyArn=arn)["Tags"])),
    }


def _create_policy(cloud: Cloud, piece: Piece) -> None:
    document = text(piece.aspects["document"])
    _iam(cloud).create_policy(PolicyName=piece.name, PolicyDocument=document, Tags=tag_list(piece))


def _document(cloud: Cloud, piece: Piece) -> None:
    """A new version, in force at once; the oldest gives way when there is no more room."""
    iam, arn = _iam(cloud), _policy(cloud, piece)
    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    if len(versions) >= MOST_VERSIONS:
        spare = [version for version in versions if not version["IsDefaultVersion"]]
        oldest = min(spare, key=lambda version: version["CreateDate"])
        iam.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=text(piece.aspects["document"]), SetAsDefault=True)


def _tag_policy(cloud: Cloud, piece: Piece) -> None:
    _iam(cloud).tag_policy(PolicyArn=_policy(cloud, piece), Tags=tag_list(piece))


POLICY = Handler(_find_policy, _create_policy, {"document": _document, "tags": _tag_policy})

PERMISSIONS = "permissions"
"""Name of a role's only inline policy."""


def _find_role(cloud: Cloud, piece: Piece) -> Aspects | None:
    iam = _iam(cloud)
    answer = ask(iam.get_role, RoleName=piece.name)
    if answer is None:
        return None
    role = answer["Role"]
    return {
        "trust": parsed(role["AssumeRolePolicyDocument"]),
        PERMISSIONS: _permissions_of(iam, piece),
        "session seconds": role["MaxSessionDuration"],
        "boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "tags": wanted_tags(piece, pairs(iam.list_role_tags(RoleName=piece.name)["Tags"])),
    }


def _permissions_of(iam: Any, piece: Piece) -> Any:
    """The role's document; what somebody attached beside it is shown too, for it is not ours."""
    inline = iam.list_role_policies(RoleName=piece.name)["PolicyNames"]
    attached = iam.list_attached_role_policies(RoleName=piece.name)["AttachedPolicies"]
    beside = [*(name for name in inline if name != PERMISSIONS), *(policy["PolicyArn"] for policy in attached)]
    if beside:
        return {"and also": beside}
    found = ask(iam.get_role_policy, RoleName=piece.name, PolicyName=PERMISSIONS)
    return found and parsed(found["PolicyDocument"])


def _create_role(cloud: Cloud, piece: Piece) -> None:
    """Bound from the first moment on."""
    limit = {"PermissionsBoundary": piece.aspects["boundary"]} if "boundary" in piece.aspects else {}
    _iam(cloud).create_role(
        RoleName=piece.name,
        AssumeRolePolicyDocument=text(piece.aspects["trust"]),
        MaxSessionDuration=piece.aspects["session seconds"],
        Tags=tag_list(piece),
        **limit,
    )


def _trust(cloud: Cloud, piece: Piece) -> None:
    _iam(cloud).update_assume_role_policy(RoleName=piece.name, PolicyDocument=text(piece.aspects["trust"]))


def _set_permissions(cloud: Cloud, piece: Piece) -> None:
    """Ours and nothing else: whatever was attached beside it goes."""
    iam = _iam(cloud)
    for policy in iam.list_attached_role_policies(RoleName=piece.name)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=piece.name, PolicyArn=policy["PolicyArn"])
    for name in iam.list_role_policies(RoleName=piece.name)["PolicyNames"]:
        if name != PERMISSIONS:
            iam.delete_role_policy(RoleName=piece.name, PolicyName=name)
    document = text(piece.aspects[PERMISSIONS])
    iam.put_role_policy(RoleName=piece.name, PolicyName=PERMISSIONS, PolicyDocument=document)


def _session(cloud: Cloud, piece: Piece) -> None:
    _iam(cloud).update_role(RoleName=piece.name, MaxSessionDuration=piece.aspects["session seconds"])


def _boundary(cloud: Cloud, piece: Piece) -> None:
    _iam(cloud).put_role_permissions_boundary(RoleName=piece.name, PermissionsBoundary=piece.aspects["boundary"])


def _tag_role(cloud: Cloud, piece: Piece) -> None:
    _iam(cloud).tag_role(RoleName=piece.name, Tags=tag_list(piece))


ROLE = Handler(
    _find_role,
    _create_role,
    {
        "trust": _trust,
        PERMISSIONS: _set_permissions,
        "session seconds": _session,
        "boundary": _boundary,
        "tags": _tag_role,
    },
)
