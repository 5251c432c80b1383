"""EKS operations that moto lacks: add-ons, access entries, pod identities and version updates."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from moto.core.responses import ActionResult, EmptyResult
from moto.eks import urls
from moto.eks.exceptions import (
    InvalidParameterException,
    InvalidRequestException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from moto.eks.models import Cluster, EKSBackend
from moto.eks.responses import EKSResponse

from rehearsal.cloud.moto_patches.base import MotoPatch
from rehearsal.cloud.moto_patches.eks_state import Part, find_update, parts_of, record_update, remember_update
from rehearsal.cloud.patches import Patches

Operations = tuple[Any, ...]

ADDON_VERSIONS = {
    "aws-ebs-csi-driver": "v1.51.0-eksbuild.1",
    "coredns": "v1.12.4-eksbuild.1",
    "eks-pod-identity-agent": "v1.3.9-eksbuild.3",
    "kube-proxy": "v1.34.0-eksbuild.4",
    "vpc-cni": "v1.20.4-eksbuild.1",
}
"""Versions that EKS takes for Kubernetes 1.34 when none is given."""
_ADDON_SETTINGS = ("addonVersion", "configurationValues", "serviceAccountRoleArn")
_IDENTITY_SETTINGS = ("roleArn", "targetRoleArn", "disableSessionTags")


def addons(patches: Patches) -> None:
    """Add CreateAddon, DescribeAddon, ListAddons, UpdateAddon and DeleteAddon."""

    def create_addon(self: Any) -> ActionResult:
        name = self._get_param("addonName")
        shown = {
            "addonName": name,
            "status": "ACTIVE",
            "health": {"issues": []},
            "addonVersion": ADDON_VERSIONS.get(name, "v1.0.0-eksbuild.1"),
            **_given(self, _ADDON_SETTINGS),
        }
        return ActionResult({"addon": _create(self, "addon", name, f"{name}/{uuid4()}", shown)})

    def describe_addon(self: Any) -> ActionResult:
        return ActionResult({"addon": _find(self, "addon", "addonName").shown})

    def list_addons(self: Any) -> ActionResult:
        return ActionResult({"addons": sorted(_all(self, "addon"))})

    def update_addon(self: Any) -> ActionResult:
        given = _given(self, _ADDON_SETTINGS)
        _change(_find(self, "addon", "addonName"), given)
        return ActionResult({"update": record_update(_cluster(self), "AddonUpdate", given)})

    def delete_addon(self: Any) -> ActionResult:
        return ActionResult({"addon": _delete(self, "addon", "addonName").shown | {"status": "DELETING"}})

    operations = (create_addon, describe_addon, list_addons, update_addon, delete_addon)
    _install(patches, operations, "addons", "addons/(?P<addonName>.+)")


def access_entries(patches: Patches) -> None:
    """Add the operations on access entries and on the access policies associated with them."""

    def create_access_entry(self: Any) -> ActionResult:
        principal = self._get_param("principalArn")
        _need_access_entries(_cluster(self))
        path = "/".join([principal.split(":")[5].replace("/", f"/{self.current_account}/", 1), str(uuid4())])
        shown = {
            "principalArn": principal,
            "kubernetesGroups": [],
            "username": _username(principal),
            "type": "STANDARD",
            **_given(self, ("kubernetesGroups", "username", "type")),
        }
        return ActionResult({"accessEntry": _create(self, "access-entry", principal, path, shown)})

    def describe_access_entry(self: Any) -> ActionResult:
        return ActionResult({"accessEntry": _find(self, "access-entry", "principalArn").shown})

    def list_access_entries(self: Any) -> ActionResult:
        return ActionResult({"accessEntries": sorted(_all(self, "access-entry"))})

    def update_access_entry(self: Any) -> ActionResult:
        part = _find(self, "access-entry", "principalArn")
        _change(part, _given(self, ("kubernetesGroups", "username")))
        return ActionResult({"accessEntry": part.shown})

    def delete_access_entry(self: Any) -> ActionResult:
        _delete(self, "access-entry", "principalArn")
        return EmptyResult()

    operations = (
        create_access_entry,
        describe_access_entry,
        list_access_entries,
        update_access_entry,
        delete_access_entry,
    )
    paths = ("access-entries", "access-entries/(?P<principalArn>.+)")
    _install(patches, (*operations, *_access_policies()), *paths)


def pod_identities(patches: Patches) -> None:
    """Add the operations on pod identity associations."""

    def create_pod_identity_association(self: Any) -> ActionResult:
        association = f"a-{uuid4().hex[:17]}"
        wanted = _given(self, ("namespace", "serviceAccount"))
        for part in _all(self, "podidentityassociation").values():
            if wanted.items() <= part.shown.items():
                raise ResourceInUseException(message=f"Association already exists: {part.shown['associationId']}")
        shown = {"associationId": association, **wanted, **_given(self, _IDENTITY_SETTINGS)}
        made = _create(self, "podidentityassociation", association, association, shown)
        return ActionResult({"association": made})

    def describe_pod_identity_association(self: Any) -> ActionResult:
        return ActionResult({"association": _find(self, "podidentityassociation", "associationId").shown})

    def list_pod_identity_associations(self: Any) -> ActionResult:
        wanted = {
            name: value for name in ("namespace", "serviceAccount") if (value := self.querystring.get(name, [None])[0])
        }
        parts = _all(self, "podidentityassociation").values()
        return ActionResult({"associations": [part.shown for part in parts if wanted.items() <= part.shown.items()]})

    def update_pod_identity_association(self: Any) -> ActionResult:
        part = _find(self, "podidentityassociation", "associationId")
        _change(part, _given(self, _IDENTITY_SETTINGS))
        return ActionResult({"association": part.shown})

    def delete_pod_identity_association(self: Any) -> ActionResult:
        return ActionResult({"association": _delete(self, "podidentityassociation", "associationId").shown})

    operations = (
        create_pod_identity_association,
        describe_pod_identity_association,
        list_pod_identity_associations,
        update_pod_identity_association,
        delete_pod_identity_association,
    )
    paths = ("pod-identity-associations", "pod-identity-associations/(?P<associationId>.+)")
    _install(patches, operations, *paths)


def versions(patches: Patches) -> None:
    """Add UpdateClusterVersion, UpdateNodegroupVersion and DescribeUpdate."""

    def set_cluster_version(self: Any, name: str, version: str) -> None:
        cluster = self.describe_cluster(name)
        if not _is_next(cluster.version, version):
            raise InvalidParameterException(
                message=f"Unsupported Kubernetes minor version update from {cluster.version} to {version}"
            )
        cluster.version = version

    def update_cluster_version(self: Any) -> ActionResult:
        name, version = self._get_param("name"), self._get_param("version")
        self.eks_backend.set_cluster_version(name, version)
        return ActionResult({"update": record_update(_cluster(self), "VersionUpdate", {"version": version})})

    def update_nodegroup_version(self: Any) -> ActionResult:
        cluster = _cluster(self)
        group = self.eks_backend.describe_nodegroup(cluster.name, self._get_param("nodegroupName"))
        given = {"version": cluster.version} | _given(self, ("version", "releaseVersion", "launchTemplate"))
        group.version = given["version"]
        group.release_version = given.get("releaseVersion", f"{group.version}.0-20251112")
        group.launch_template = given.get("launchTemplate", group.launch_template)
        return ActionResult({"update": record_update(cluster, "VersionUpdate", given)})

    def describe_update(self: Any) -> ActionResult:
        return ActionResult({"update": find_update(_cluster(self), self._get_param("updateId"))})

    def remembering(original: Any) -> Any:
        def update_nodegroup_config(self: Any, cluster_name: str, **settings: Any) -> Any:
            update = original(self, cluster_name=cluster_name, **settings)
            remember_update(self.clusters[cluster_name], update)
            return update

        return update_nodegroup_config

    patches.add(EKSBackend, "set_cluster_version", set_cluster_version)
    patches.wrap(EKSBackend, "update_nodegroup_config", remembering)
    operations = (update_cluster_version, update_nodegroup_version, describe_update)
    group = "node-groups/(?P<nodegroupName>[^/]+)/update-version"
    _install(patches, operations, "updates", "updates/(?P<updateId>.+)", group)


def _access_policies() -> Operations:
    def associate_access_policy(self: Any) -> ActionResult:
        part, now = _find(self, "access-entry", "principalArn"), datetime.now(UTC)
        policy = _given(self, ("policyArn", "accessScope")) | {"associatedAt": now, "modifiedAt": now}
        part.policies[policy["policyArn"]] = policy
        return ActionResult(_names(part) | {"associatedAccessPolicy": policy})

    def disassociate_access_policy(self: Any) -> ActionResult:
        part, policy = _find(self, "access-entry", "principalArn"), self._get_param("policyArn")
        if part.policies.pop(policy, None) is None:
            raise ResourceNotFoundException(message=f"No access policy {policy} is associated with {part.arn}")
        return EmptyResult()

    def list_associated_access_policies(self: Any) -> ActionResult:
        part = _find(self, "access-entry", "principalArn")
        return ActionResult(_names(part) | {"associatedAccessPolicies": list(part.policies.values())})

    return associate_access_policy, disassociate_access_policy, list_associated_access_policies


def _install(patches: Patches, operations: Operations, *paths: str) -> None:
    """Add operations, and the paths below a cluster that they are called at; the server wants one pattern for each."""
    patches.extend(EKSResponse, *operations)
    below = "{0}/clusters/(?P<name>[^/]+)"
    patches.update(urls.url_paths, {f"{below}/{path}$": urls.response.dispatch for path in paths})


def _cluster(response: Any) -> Cluster:
    cluster: Cluster = response.eks_backend.describe_cluster(response._get_param("name"))  # noqa: SLF001  # moto's way
    return cluster


def _given(response: Any, names: tuple[str, ...]) -> dict[str, Any]:
    values = {name: response._get_param(name) for name in names}  # noqa: SLF001  # moto's way
    return {name: value for name, value in values.items() if value is not None}


def _all(response: Any, kind: str) -> dict[str, Part]:
    return parts_of(_cluster(response)).setdefault(kind, {})


def _create(response: Any, kind: str, key: str, path: str, shown: dict[str, Any]) -> dict[str, Any]:
    parts, cluster = _all(response, kind), _cluster(response)
    if key in parts:
        raise ResourceInUseException(clusterName=cluster.name, message=f"{kind} already exists: {key}")
    arn = cluster.arn.replace(":cluster/", f":{kind}/") + f"/{path}"
    now = datetime.now(UTC)
    shown |= {
        _ARNS[kind]: arn,
        "clusterName": cluster.name,
        "createdAt": now,
        "modifiedAt": now,
        "tags": dict(_given(response, ("tags",)).get("tags", {})),
    }
    parts[key] = Part(arn, shown)
    return shown


_ARNS = {"addon": "addonArn", "access-entry": "accessEntryArn", "podidentityassociation": "associationArn"}


def _find(response: Any, kind: str, parameter: str) -> Part:
    key = response._get_param(parameter)  # noqa: SLF001  # moto's way
    parts = _all(response, kind)
    if key not in parts:
        raise ResourceNotFoundException(message=f"No {kind} found in {_cluster(response).name}: {key}")
    return parts[key]


def _delete(response: Any, kind: str, parameter: str) -> Part:
    part = _find(response, kind, parameter)
    del _all(response, kind)[response._get_param(parameter)]  # noqa: SLF001  # moto's way
    return part


def _change(part: Part, given: dict[str, Any]) -> None:
    part.shown |= {**given, "modifiedAt": datetime.now(UTC)}


def _names(part: Part) -> dict[str, Any]:
    return {name: part.shown[name] for name in ("clusterName", "principalArn")}


def _need_access_entries(cluster: Any) -> None:
    mode = getattr(cluster, "access_config", {}).get("authenticationMode", "CONFIG_MAP")
    if mode == "CONFIG_MAP":
        raise InvalidRequestException(
            message="The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform "
            "this operation."
        )


def _username(principal: str) -> str:
    prefix, _, name = principal.partition(":role/")
    if not name:
        return principal
    return f"{prefix.replace(':iam:', ':sts:')}:assumed-role/{name.rsplit('/', 1)[-1]}/{{{{SessionName}}}}"


def _is_next(before: str, after: str) -> bool:
    (major, minor), (new_major, new_minor) = (tuple(map(int, version.split("."))) for version in (before, after))
    return (new_major, new_minor) == (major, minor + 1)


MOTO_PATCHES = (
    MotoPatch(
        "eks-addons",
        "has none",
        "manages add-ons",
        "EKS CreateAddon, DescribeAddon, ListAddons, UpdateAddon, DeleteAddon",
        addons,
    ),
    MotoPatch(
        "eks-access-entries",
        "has none",
        "manages access entries and their policies, unless the cluster uses the aws-auth ConfigMap alone",
        "EKS CreateAccessEntry, AssociateAccessPolicy",
        access_entries,
    ),
    MotoPatch(
        "eks-pod-identities",
        "has none",
        "manages pod identity associations",
        "EKS CreatePodIdentityAssociation",
        pod_identities,
    ),
    MotoPatch(
        "eks-versions",
        "can't update versions or describe an update",
        "updates a cluster to the next minor version, and node groups",
        "EKS UpdateClusterVersion, UpdateNodegroupVersion, DescribeUpdate",
        versions,
    ),
)
