"""EKS operations and parameters that moto lacks or drops."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, cast
from uuid import uuid4

from moto.core.responses import ActionResult, EmptyResult
from moto.eks import responses
from moto.eks.exceptions import InvalidRequestException, ResourceInUseException, ResourceNotFoundException
from typing_extensions import override

from rehearsal.cloud.moto_patches.eks.models import (
    ACCESS_ENTRY,
    ADDON,
    CLUSTER_SETTINGS,
    NODEGROUP_SETTINGS,
    POD_IDENTITY,
    Cluster,
    ClusterResource,
    EKSBackend,
    merged_logging,
)

ADDON_VERSIONS = {
    "aws-ebs-csi-driver": "v1.51.0-eksbuild.1",
    "coredns": "v1.12.4-eksbuild.1",
    "eks-pod-identity-agent": "v1.3.9-eksbuild.3",
    "kube-proxy": "v1.34.0-eksbuild.4",
    "vpc-cni": "v1.20.4-eksbuild.1",
}
"""EKS's default add-on versions for Kubernetes 1.34."""
_ADDON_PARAMS = ("addonVersion", "configurationValues", "serviceAccountRoleArn")
_POD_IDENTITY_PARAMS = ("roleArn", "targetRoleArn", "disableSessionTags")
_POD_IDENTITY_KEY = ("namespace", "serviceAccount")


class EKSResponse(responses.EKSResponse):
    """Operations on settings, updates, add-ons, access entries and pod identities."""

    original: ClassVar[type[responses.EKSResponse]]

    @override
    def create_cluster(self) -> ActionResult:
        result = EKSResponse.original.create_cluster(self)
        self.store_settings(self.eks_backend.describe_cluster(self._get_param("name")), CLUSTER_SETTINGS)
        return result

    @override
    def create_nodegroup(self) -> ActionResult:
        result = EKSResponse.original.create_nodegroup(self)
        group = self.eks_backend.describe_nodegroup(self._get_param("name"), self._get_param("nodegroupName"))
        self.store_settings(group, NODEGROUP_SETTINGS)
        return result

    @override
    def untag_resource(self) -> ActionResult:
        self.eks_backend.untag_resource(self._extract_arn_from_path(), self.querystring.get("tagKeys", []))
        return EmptyResult()

    @override
    def update_cluster_config(self) -> ActionResult:
        cluster = self.find_cluster()
        changes = self.present_params("resourcesVpcConfig", "logging", *CLUSTER_SETTINGS)
        for name, value in changes.items():
            attribute = _snake_case(name)
            setattr(cluster, attribute, _merge_setting(name, getattr(cluster, attribute, None), value))
        return ActionResult({"update": cluster.record_update("ConfigUpdate", changes)})

    def update_cluster_version(self) -> ActionResult:
        """Upgrade the control plane."""
        version = self._get_param("version")
        self.patched_backend().set_cluster_version(self._get_param("name"), version)
        return ActionResult({"update": self.find_cluster().record_update("VersionUpdate", {"version": version})})

    def update_nodegroup_version(self) -> ActionResult:
        """Upgrade a node group, by default to the version of its cluster."""
        cluster = self.find_cluster()
        group: Any = self.eks_backend.describe_nodegroup(cluster.name, self._get_param("nodegroupName"))
        params = {"version": cluster.version, **self.present_params("version", "releaseVersion", "launchTemplate")}
        group.version = params["version"]
        group.release_version = params.get("releaseVersion", f"{group.version}.0-20251112")
        group.launch_template = params.get("launchTemplate", group.launch_template)
        return ActionResult({"update": cluster.record_update("VersionUpdate", params)})

    def describe_update(self) -> ActionResult:
        """Return an update of a cluster, node group or add-on."""
        update = self.patched_backend().describe_update(self._get_param("name"), self._get_param("updateId"))
        return ActionResult({"update": update})

    def create_addon(self) -> ActionResult:
        """Install an add-on."""
        name = self._get_param("addonName")
        fields = {
            "addonName": name,
            "status": "ACTIVE",
            "health": {"issues": []},
            "addonVersion": ADDON_VERSIONS.get(name, "v1.0.0-eksbuild.1"),
            **self.present_params(*_ADDON_PARAMS, "tags"),
        }
        return ActionResult({"addon": self.create_resource(ADDON, name, f"{name}/{uuid4()}", fields).fields})

    def describe_addon(self) -> ActionResult:
        """Return an add-on."""
        return ActionResult({"addon": self.find_resource(ADDON, "addonName").fields})

    def list_addons(self) -> ActionResult:
        """Return the names of all add-ons."""
        return ActionResult({"addons": sorted(self.list_resources(ADDON))})

    def update_addon(self) -> ActionResult:
        """Change an add-on."""
        changes = self.present_params(*_ADDON_PARAMS)
        self.find_resource(ADDON, "addonName").update(changes)
        return ActionResult({"update": self.find_cluster().record_update("AddonUpdate", changes)})

    def delete_addon(self) -> ActionResult:
        """Remove an add-on."""
        return ActionResult({"addon": self.delete_resource(ADDON, "addonName").fields | {"status": "DELETING"}})

    def create_access_entry(self) -> ActionResult:
        """Create an access entry.

        Rejected if the cluster authenticates only with the aws-auth ConfigMap.
        """
        principal = self._get_param("principalArn")
        _check_access_entries_enabled(self.find_cluster())
        arn_path = "/".join([principal.split(":")[5].replace("/", f"/{self.current_account}/", 1), str(uuid4())])
        fields = {
            "principalArn": principal,
            "kubernetesGroups": [],
            "username": _default_username(principal),
            "type": "STANDARD",
            **self.present_params("kubernetesGroups", "username", "type", "tags"),
        }
        return ActionResult({"accessEntry": self.create_resource(ACCESS_ENTRY, principal, arn_path, fields).fields})

    def describe_access_entry(self) -> ActionResult:
        """Return an access entry."""
        return ActionResult({"accessEntry": self.find_resource(ACCESS_ENTRY, "principalArn").fields})

    def list_access_entries(self) -> ActionResult:
        """Return the principals of all access entries."""
        return ActionResult({"accessEntries": sorted(self.list_resources(ACCESS_ENTRY))})

    def update_access_entry(self) -> ActionResult:
        """Change the groups and the user name of an access entry."""
        entry = self.find_resource(ACCESS_ENTRY, "principalArn")
        entry.update(self.present_params("kubernetesGroups", "username"))
        return ActionResult({"accessEntry": entry.fields})

    def delete_access_entry(self) -> ActionResult:
        """Delete an access entry."""
        self.delete_resource(ACCESS_ENTRY, "principalArn")
        return EmptyResult()

    def associate_access_policy(self) -> ActionResult:
        """Associate an access policy with an access entry."""
        entry, now = self.find_resource(ACCESS_ENTRY, "principalArn"), datetime.now(UTC)
        policy = self.present_params("policyArn", "accessScope") | {"associatedAt": now, "modifiedAt": now}
        entry.policies[policy["policyArn"]] = policy
        return ActionResult(_access_entry_key(entry) | {"associatedAccessPolicy": policy})

    def disassociate_access_policy(self) -> ActionResult:
        """Remove an access policy from an access entry."""
        entry, policy = self.find_resource(ACCESS_ENTRY, "principalArn"), self._get_param("policyArn")
        if entry.policies.pop(policy, None) is None:
            raise ResourceNotFoundException(message=f"No access policy {policy} is associated with {entry.arn}")
        return EmptyResult()

    def list_associated_access_policies(self) -> ActionResult:
        """Return the access policies of an access entry."""
        entry = self.find_resource(ACCESS_ENTRY, "principalArn")
        return ActionResult(_access_entry_key(entry) | {"associatedAccessPolicies": list(entry.policies.values())})

    def create_pod_identity_association(self) -> ActionResult:
        """Associate a role with a service account that has no association yet."""
        association_id = f"a-{uuid4().hex[:17]}"
        service_account = self.present_params(*_POD_IDENTITY_KEY)
        for association in self.list_resources(POD_IDENTITY).values():
            if service_account.items() <= association.fields.items():
                existing_id = association.fields["associationId"]
                raise ResourceInUseException(message=f"Association already exists: {existing_id}")
        fields = {
            "associationId": association_id,
            **service_account,
            **self.present_params(*_POD_IDENTITY_PARAMS, "tags"),
        }
        created = self.create_resource(POD_IDENTITY, association_id, association_id, fields)
        return ActionResult({"association": created.fields})

    def describe_pod_identity_association(self) -> ActionResult:
        """Return a pod identity association."""
        return ActionResult({"association": self.find_resource(POD_IDENTITY, "associationId").fields})

    def list_pod_identity_associations(self) -> ActionResult:
        """Return a cluster's associations, filtered by namespace and service account."""
        filters = {name: value for name in _POD_IDENTITY_KEY if (value := self.querystring.get(name, [None])[0])}
        associations = [association.fields for association in self.list_resources(POD_IDENTITY).values()]
        return ActionResult({"associations": [fields for fields in associations if filters.items() <= fields.items()]})

    def update_pod_identity_association(self) -> ActionResult:
        """Change the roles of a pod identity association."""
        association = self.find_resource(POD_IDENTITY, "associationId")
        association.update(self.present_params(*_POD_IDENTITY_PARAMS))
        return ActionResult({"association": association.fields})

    def delete_pod_identity_association(self) -> ActionResult:
        """Delete a pod identity association."""
        return ActionResult({"association": self.delete_resource(POD_IDENTITY, "associationId").fields})

    def patched_backend(self) -> EKSBackend:
        """Return the backend, cast to the patched class."""
        return cast("EKSBackend", self.eks_backend)

    def find_cluster(self) -> Cluster:
        """Return the cluster that the request names."""
        return self.patched_backend().find_cluster(self._get_param("name"))

    def present_params(self, *names: str) -> dict[str, Any]:
        """Return the named parameters that the request contains, by name."""
        return {name: value for name in names if (value := self._get_param(name)) is not None}

    def store_settings(self, resource: Any, defaults: Mapping[str, Any]) -> None:
        """Store settings that moto drops.

        They become attributes of the resource, because moto serializes its attributes.
        """
        for name, default in defaults.items():
            value = self._get_param(name)
            merged = {**default, **(value or {})} if isinstance(default, dict) else value or default
            setattr(resource, _snake_case(name), merged)

    def list_resources(self, resource_type: str) -> dict[str, ClusterResource]:
        """Return all resources of one type in the request's cluster."""
        return self.patched_backend().list_cluster_resources(self._get_param("name"), resource_type)

    def create_resource(
        self, resource_type: str, identifier: str, arn_path: str, fields: Mapping[str, Any]
    ) -> ClusterResource:
        """Create a resource in the request's cluster."""
        cluster_name = self._get_param("name")
        return self.patched_backend().create_cluster_resource(cluster_name, resource_type, identifier, arn_path, fields)

    def find_resource(self, resource_type: str, parameter: str) -> ClusterResource:
        """Return the resource that a parameter of the request identifies."""
        cluster_name, identifier = self._get_param("name"), self._get_param(parameter)
        return self.patched_backend().describe_cluster_resource(cluster_name, resource_type, identifier)

    def delete_resource(self, resource_type: str, parameter: str) -> ClusterResource:
        """Delete the resource that a parameter of the request identifies."""
        cluster_name, identifier = self._get_param("name"), self._get_param(parameter)
        return self.patched_backend().delete_cluster_resource(cluster_name, resource_type, identifier)


def _merge_setting(name: str, before: Any, value: Any) -> Any:
    if name == "logging":
        return {"clusterLogging": merged_logging((before or {}).get("clusterLogging", ()), value["clusterLogging"])}
    return {**(before or {}), **value} if isinstance(value, dict) else value


def _snake_case(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _access_entry_key(entry: ClusterResource) -> dict[str, Any]:
    return {name: entry.fields[name] for name in ("clusterName", "principalArn")}


def _check_access_entries_enabled(cluster: Any) -> None:
    mode = getattr(cluster, "access_config", {}).get("authenticationMode", "CONFIG_MAP")
    if mode == "CONFIG_MAP":
        raise InvalidRequestException(
            message="The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform "
            "this operation."
        )


def _default_username(principal: str) -> str:
    prefix, _, name = principal.partition(":role/")
    if not name:
        return principal
    return f"{prefix.replace(':iam:', ':sts:')}:assumed-role/{name.rsplit('/', 1)[-1]}/{{{{SessionName}}}}"
