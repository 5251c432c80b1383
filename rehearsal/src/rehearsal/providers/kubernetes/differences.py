"""Diff of an object's inputs, and the fields whose change replaces the object."""

from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers.kubernetes.equivalence import PropertyPath, equivalent
from rehearsal.providers.kubernetes.objects import AUTONAMED, GroupVersionKind, Object, annotation, value_at
from rehearsal.providers.protocol import ChangeKind, DiffResult, PropertyChange
from rehearsal.providers.values import UNKNOWN

_ANY_INDEX = "*"

_IDENTITY = ("apiVersion", "kind", "metadata.name", "metadata.namespace")

_CONTAINER = (
    *("args", "command", "env", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "ports", "readinessProbe"),
    *("resources", "securityContext", "stdin", "stdinOnce", "terminationMessagePath", "terminationMessagePolicy"),
    *("tty", "volumeDevices", "volumeMounts", "workingDir"),
)

_POD = (
    *("affinity", "automountServiceAccountToken", "dnsConfig", "dnsPolicy", "enableServiceLinks", "hostAliases"),
    *("hostIPC", "hostNetwork", "hostPID", "hostname", "imagePullSecrets", "nodeName", "nodeSelector", "overhead"),
    *("preemptionPolicy", "priority", "priorityClassName", "readinessGates", "restartPolicy", "runtimeClassName"),
    *("schedulerName", "securityContext", "serviceAccount", "serviceAccountName", "shareProcessNamespace"),
    *("subdomain", "terminationGracePeriodSeconds", "volumes"),
)

_VOLUME_SOURCES = (
    *("awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi", "fc", "flexVolume", "flocker"),
    *("gcePersistentDisk", "glusterfs", "hostPath", "iscsi", "local", "nfs", "photonPersistentDisk"),
    *("portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume"),
)

_IMMUTABLE: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("apps", "DaemonSet"): ("spec.selector",),
    ("apps", "Deployment"): ("spec.selector",),
    ("apps", "ReplicaSet"): ("spec.selector",),
    ("apps", "StatefulSet"): (
        *("spec.podManagementPolicy", "spec.revisionHistoryLimit", "spec.selector", "spec.serviceName"),
        "spec.volumeClaimTemplates",
    ),
    ("batch", "Job"): ("spec.completions", "spec.parallelism", "spec.selector", "spec.template"),
    ("", "PersistentVolume"): tuple(f"spec.{source}" for source in _VOLUME_SOURCES),
    ("", "PersistentVolumeClaim"): ("spec",),
    ("", "Pod"): (
        *(f"spec.{name}" for name in _POD),
        *(f"spec.{field}.*.{name}" for field in ("containers", "initContainers") for name in _CONTAINER),
    ),
    ("", "ResourceQuota"): ("spec.scopes",),
    ("", "Service"): ("spec.clusterIP",),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ("roleRef",),
    ("rbac.authorization.k8s.io", "RoleBinding"): ("roleRef",),
    ("storage.k8s.io", "StorageClass"): ("parameters", "provisioner"),
}
"""(group, kind) → dotted paths of the fields whose change replaces the object, as in pulumi-kubernetes."""

_CONTENT = {"Secret": ("type", "stringData", "data"), "ConfigMap": ("binaryData", "data")}
"""Kind → fields whose change replaces the object, unless the provider's configuration makes the kind mutable."""


def replacing_fields(body: Object, mutable: frozenset[str]) -> tuple[str, ...]:
    """Return the dotted paths of the fields whose change replaces this object.

    `mutable` contains the kinds (Secret, ConfigMap) for which `enableSecretMutable` or `enableConfigMapMutable` is set.
    A change to an object that is marked immutable always replaces it.
    """
    gvk = GroupVersionKind.of(body)
    fields = _IMMUTABLE.get((gvk.group, gvk.kind), ())
    if not gvk.group and gvk.kind in _CONTENT and (gvk.kind not in mutable or body.get("immutable") is True):
        fields = _CONTENT[gvk.kind]
    return (*_IDENTITY, *fields)


def compare(old: Object, new: Object, replacing: tuple[str, ...]) -> DiffResult:
    """Compare old and new inputs.

    `replacing` are the dotted paths of the fields whose change replaces the object.
    """
    old, new = _with_namespace(old), _with_namespace(new)
    patterns = [tuple(field.split(".")) for field in replacing]
    changes = [
        PropertyChange(
            render_path(path), kind, replace=any(_touches(path, before, after, pattern) for pattern in patterns)
        )
        for path, kind, before, after in _walk(old, new, ())
    ]
    replaced = any(change.replace for change in changes)
    return DiffResult(tuple(changes), delete_before_replace=replaced and _keeps_its_name(old, new))


def render_path(path: PropertyPath) -> str:
    """Format a path as the engine does.

    Examples: `spec.ports[0].port`, `metadata.labels["app.kubernetes.io/name"]`.
    """
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif any(character in step for character in '."[]'):
            quoted = step.replace('"', '\\"')
            text += f'["{quoted}"]'
        else:
            text += f".{step}" if text else step
    return text


def _walk(old: Any, new: Any, path: PropertyPath) -> Iterator[tuple[PropertyPath, ChangeKind, Any, Any]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            yield from _walk(old.get(key), new.get(key), (*path, key))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            before, after = (items[index] if index < len(items) else None for items in (old, new))
            yield from _walk(before, after, (*path, index))
    elif new == UNKNOWN or not equivalent(old, new, path):
        kind = ChangeKind.ADD if old is None else ChangeKind.DELETE if new is None else ChangeKind.UPDATE
        yield path, kind, old, new


def _touches(path: PropertyPath, old: Any, new: Any, pattern: tuple[str, ...]) -> bool:
    """Return True if a change affects the field at the path `pattern`.

    The change is at or below the field, or it adds or removes a value that contains the field.
    """
    if not all(_step_matches(step, expected) for step, expected in zip(path, pattern, strict=False)):
        return False
    rest = pattern[len(path) :]
    return new == UNKNOWN or _contains(old, rest) or _contains(new, rest)


def _step_matches(step: str | int, expected: str) -> bool:
    return expected == _ANY_INDEX if isinstance(step, int) else step == expected


def _contains(value: Any, rest: tuple[str, ...]) -> bool:
    if not rest:
        return value is not None
    if isinstance(value, list):
        return rest[0] == _ANY_INDEX and any(_contains(item, rest[1:]) for item in value)
    return isinstance(value, Mapping) and _contains(value.get(rest[0]), rest[1:])


def _with_namespace(body: Object) -> Object:
    metadata = body.get("metadata")
    if isinstance(metadata, Mapping) and not metadata.get("namespace"):
        return {**body, "metadata": {**metadata, "namespace": "default"}}
    return body


def _keeps_its_name(old: Object, new: Object) -> bool:
    if annotation(new, AUTONAMED) == "true":
        return False
    return all(value_at(old, "metadata", key) == value_at(new, "metadata", key) for key in ("name", "namespace"))
