"""A kubeconfig resolves to a cluster of this rehearsal, or is rejected."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.providers.kubernetes.kubeconfig import NoClusterError, connection
from rehearsal.providers.protocol import ProviderError
from rehearsal.providers.values import UNKNOWN


@dataclass(frozen=True)
class Endpoint:
    url: str
    token: str = "rehearsed"


@dataclass(frozen=True)
class Clusters:
    endpoints: Sequence[Endpoint] = ()

    def all(self) -> Sequence[Endpoint]:
        return self.endpoints


CLUSTERS = Clusters([Endpoint("https://127.0.0.1:6443")])
EXEC = {"exec": {"command": "aws", "args": ["eks", "get-token", "--cluster-name", "campus"]}}


def kubeconfig(server: str = "https://127.0.0.1:6443", user: Any = EXEC, namespace: str = "") -> dict[str, Any]:
    return {
        "current-context": "main",
        "clusters": [{"name": "campus", "cluster": {"server": server, "certificate-authority-data": "Y2E="}}],
        "users": [{"name": "someone", "user": user}],
        "contexts": [
            {"name": "main", "context": {"cluster": "campus", "user": "someone", "namespace": namespace}},
            {"name": "other", "context": {"cluster": "campus", "user": "someone", "namespace": "other"}},
        ],
    }


def user_of(config: str) -> Any:
    return json.loads(config)["users"][0]["user"]


@pytest.mark.parametrize("write", [json.dumps, yaml.safe_dump])
def test_get_token_is_replaced_by_the_token_of_the_cluster_with_that_url(write: Any) -> None:
    resolved = connection(write(kubeconfig()), "", "", CLUSTERS)
    assert user_of(resolved.config) == {"token": "rehearsed"}
    assert resolved.server == "https://127.0.0.1:6443"


def test_a_path_to_a_kubeconfig_is_read(tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text(json.dumps(kubeconfig()))
    assert user_of(connection(str(file), "", "", CLUSTERS).config) == {"token": "rehearsed"}


def test_the_chosen_context_gives_the_namespace() -> None:
    text = json.dumps(kubeconfig(namespace="main"))
    assert connection(text, "", "", CLUSTERS).namespace == "main"
    assert connection(text, "other", "", CLUSTERS).namespace == "other"


def test_equal_kubeconfigs_share_a_connection() -> None:
    one, other = json.dumps(kubeconfig()), yaml.safe_dump(kubeconfig())
    assert connection(one, "", "", CLUSTERS) == connection(other, "", "", CLUSTERS)


@pytest.mark.parametrize("value", [None, "", UNKNOWN])
def test_without_a_kubeconfig_there_is_no_cluster(value: Any) -> None:
    with pytest.raises(NoClusterError, match="never uses this machine's own"):
        connection(value, "", "", CLUSTERS)


def test_a_deleted_cluster_is_refused() -> None:
    with pytest.raises(NoClusterError, match="not a cluster of this rehearsal"):
        connection(json.dumps(kubeconfig()), "", "", Clusters())


def test_a_static_token_is_used_only_on_this_machine() -> None:
    local = kubeconfig("https://127.0.0.1:1234", {"token": "static"})
    assert user_of(connection(json.dumps(local), "", "", CLUSTERS).config) == {"token": "static"}
    with pytest.raises(ProviderError, match="nor on this machine"):
        connection(json.dumps(kubeconfig("https://prod.example.com", {"token": "real"})), "", "", CLUSTERS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no-such-file", "neither a file nor"),
        ("{broken: [", "not valid YAML near line 1"),
        ("{}\n", "has no clusters"),
        (json.dumps(kubeconfig() | {"current-context": "gone"}), "no context 'gone'"),
    ],
)
def test_an_invalid_kubeconfig_is_explained(text: str, message: str) -> None:
    with pytest.raises(ProviderError, match=message):
        connection(text, "", "", CLUSTERS)
