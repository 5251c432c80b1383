"""Names and namespaces that the program left to the provider."""

import hashlib
import secrets
from collections.abc import Mapping

from rehearsal.providers.kubernetes.objects import AUTONAMED, Object, annotation, dig
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
"""Kinds without a namespace, for as long as there is no API server to ask."""


def with_name(body: Object, request: CheckRequest) -> Object:
    """The object with a name: its own, else that of the last update if that was made here, else a new one.

    A made name is `<resource name>-<8 hexadecimal digits>`, follows from the seed, and is marked by an annotation.
    """
    metadata = body.get("metadata") or {}
    if not isinstance(metadata, Mapping) or metadata.get("name"):
        return body
    if annotation(request.old_inputs, AUTONAMED) == "true":
        name = dig(request.old_inputs, "metadata", "name")
    else:
        name = made_name(request)
    annotations = metadata.get("annotations") or {}
    if isinstance(annotations, Mapping):  # else they are not known yet
        annotations = {**annotations, AUTONAMED: "true"}
    return {**body, "metadata": {**metadata, "name": name, "annotations": annotations}}


def made_name(request: CheckRequest) -> str:
    """The name that the engine proposes, else one that follows from its seed."""
    return request.proposed_name or f"{request.urn.name}-{_suffix(request.random_seed)}"


def field_manager(urn: str) -> str:
    """Name under which a resource's fields are applied; the same in every update of the resource."""
    return f"pulumi-kubernetes-{hashlib.sha256(urn.encode()).hexdigest()[:SUFFIX_LENGTH]}"


def _suffix(seed: bytes) -> str:
    return hashlib.sha256(seed).hexdigest()[:SUFFIX_LENGTH] if seed else secrets.token_hex(SUFFIX_LENGTH // 2)
