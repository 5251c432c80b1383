"""Generated object names, field managers and cluster-scoped kinds."""

import hashlib
import secrets
from collections.abc import Mapping

from rehearsal.providers.kubernetes.objects import AUTONAMED, Object, annotation, value_at
from rehearsal.providers.protocol import CheckRequest

SUFFIX_LENGTH = 8

CLUSTER_SCOPED = frozenset(
    {
        "APIService",
        "CSIDriver",
        "CSINode",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "FlowSchema",
        "IngressClass",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "RuntimeClass",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
    }
)
"""Kinds without a namespace, for previews before the API server exists. Later, the API server reports a kind's scope.
"""


def ensure_name(body: Object, request: CheckRequest) -> Object:
    """Return the object, with a generated name if it has none.

    A name that was generated for an earlier update is kept. A generated name
    has the form `<resource name>-<8 hexadecimal digits>`, depends on the seed and is marked by an annotation.
    """
    metadata = body.get("metadata") or {}
    if not isinstance(metadata, Mapping) or metadata.get("name"):
        return body
    if annotation(request.old_inputs, AUTONAMED) == "true":
        name = value_at(request.old_inputs, "metadata", "name")
    else:
        name = generate_name(request)
    annotations = metadata.get("annotations") or {}
    if isinstance(annotations, Mapping):  # otherwise the annotations are unknown
        annotations = {**annotations, AUTONAMED: "true"}
    return {**body, "metadata": {**metadata, "name": name, "annotations": annotations}}


def generate_name(request: CheckRequest) -> str:
    """Return the engine's proposed name, else the resource's name with a suffix.

    The suffix is derived from the seed. Without a seed, it is random.
    """
    return request.proposed_name or f"{request.urn.name}-{_suffix(request.random_seed)}"


def field_manager(urn: str) -> str:
    """Return the field manager of a resource. It is the same in every update."""
    return f"pulumi-kubernetes-{hashlib.sha256(urn.encode()).hexdigest()[:SUFFIX_LENGTH]}"


def _suffix(seed: bytes) -> str:
    return hashlib.sha256(seed).hexdigest()[:SUFFIX_LENGTH] if seed else secrets.token_hex(SUFFIX_LENGTH // 2)
