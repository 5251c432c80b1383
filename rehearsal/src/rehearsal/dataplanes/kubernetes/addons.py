"""Add-ons of a cluster: command line and custom resource definitions."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from kubernetes import client
from tenacity import RetryError, Retrying
from tenacity.retry import retry_if_result
from tenacity.stop import stop_after_delay
from tenacity.wait import wait_fixed

from rehearsal.dataplanes.kubernetes.model import Addon, ClusterError

FIELD_MANAGER = "rehearsal"
ESTABLISH_SECONDS = 20.0
_KIND = "CustomResourceDefinition"
_COLLECTION = ("apiextensions.k8s.io", "v1", "customresourcedefinitions")


def command_line(addon: Addon, kubeconfig: Path, ports: Sequence[int]) -> tuple[str, ...]:
    """Return the add-on's arguments with the cluster's kubeconfig and ports filled in."""
    return tuple(word.format(kubeconfig=kubeconfig, ports=ports) for word in addon.argv)


def apply_crds(api: Any, directories: Sequence[Path]) -> None:
    """Apply custom resource definitions and wait until all are served.

    The definitions are read from the YAML files in `directories`.

    Raises:
        ClusterError: a directory contains no definition, or a definition is not established in time.
    """
    # ApiextensionsV1Api would be slower: converting the large responses to its classes takes longer than the request.
    objects: Any = client.CustomObjectsApi(api)
    for directory in directories:
        if not _definitions(directory):
            raise ClusterError(f"{directory} contains no {_KIND}; check the `crds` of the add-on")
    names = set()
    for definition in (each for directory in directories for each in _definitions(directory)):
        name = definition["metadata"]["name"]
        objects.patch_cluster_custom_object(
            *_COLLECTION,
            name,
            definition,
            field_manager=FIELD_MANAGER,
            force=True,
            _content_type="application/apply-patch+yaml",
        )
        names.add(name)
    _await_established(objects, names)


@cache
def _definitions(directory: Path) -> tuple[dict[str, Any], ...]:
    """Read the definitions in a directory, once for all clusters.

    libyaml is used if it is available, because the loader in pure Python takes seconds.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return tuple(
        document
        for file in sorted(directory.glob("*.y*ml"))
        for document in yaml.load_all(file.read_text(), Loader=loader)  # both are safe loaders
        if document and document.get("kind") == _KIND
    )


def _await_established(objects: Any, names: set[str]) -> None:
    def missing() -> set[str]:
        items = objects.list_cluster_custom_object(*_COLLECTION)["items"]
        return names - {item["metadata"]["name"] for item in items if _is_established(item)}

    try:
        Retrying(retry=retry_if_result(bool), stop=stop_after_delay(ESTABLISH_SECONDS), wait=wait_fixed(0.1))(missing)
    except RetryError as error:
        missing_names = ", ".join(sorted(error.last_attempt.result()))
        raise ClusterError(
            f"the API server does not serve {missing_names} after {ESTABLISH_SECONDS:g} s; see kube-apiserver's log"
        ) from error


def _is_established(definition: dict[str, Any]) -> bool:
    conditions = definition.get("status", {}).get("conditions") or ()
    return any(condition["type"] == "Established" and condition["status"] == "True" for condition in conditions)
