"""A service's pod with an injected Vault Agent, on the real API server.

The injector itself is an add-on that needs a running cluster. This module reproduces the injector's changes from its
documentation ("Vault Agent Injector annotations") and its source (hashicorp/vault-k8s, `agent-inject/agent`): two
containers, their volumes, and a security context without a seccomp profile, which comes from the pod.
"""

from typing import Any

import pytest

from tests.integration.api_server import Cluster, refusal
from tests.integration.team_objects import workload
from tests.integration.test_refusals import cluster, endpoint, staging
from tests.stacks.graph import Graph
from tests.stacks.test_services import ROLLOUT

__all__ = ["cluster", "endpoint", "staging"]

pytestmark = pytest.mark.integration

PREFIX = "vault.hashicorp.com/"
SHARED = ("home-init", "home-sidecar", "vault-secrets")
DEFAULTS = {
    "agent-image": "hashicorp/vault:1.21.1",
    "agent-run-as-user": "100",
    "agent-run-as-group": "1000",
    "agent-limits-cpu": "500m",
    "agent-limits-mem": "128Mi",
    "agent-requests-cpu": "250m",
    "agent-requests-mem": "64Mi",
}


def injected(graph: Graph, *omitted: str) -> dict[str, Any]:
    """Return the pod of `alerts` as the injector's webhook would change it.

    For an annotation in `omitted`, the injector uses its default.
    """
    original = graph.one(ROLLOUT, "alerts")["spec"]["template"]["metadata"]["annotations"]
    annotations = {key.removeprefix(PREFIX): value for key, value in original.items()}
    settings = {**DEFAULTS, **{key: value for key, value in annotations.items() if key not in omitted}}
    pod = workload(graph, "Pod")
    spec = pod["spec"]
    spec["initContainers"] = [_agent("vault-agent-init", settings)]
    spec["containers"].append(_agent("vault-agent", settings))
    spec["volumes"] += [{"name": name, "emptyDir": {"medium": "Memory"}} for name in SHARED]
    for each in spec["containers"]:
        each.setdefault("volumeMounts", []).append({"name": "vault-secrets", "mountPath": "/vault/secrets"})
    return pod


def _agent(name: str, settings: dict[str, str]) -> dict[str, Any]:
    sizes = {
        f"{bound}s": {"cpu": settings[f"agent-{bound}s-cpu"], "memory": settings[f"agent-{bound}s-mem"]}
        for bound in ("limit", "request")
    }
    token = "/var/run/secrets/vault.hashicorp.com/serviceaccount"  # where the injector mounts it
    return {
        "name": name,
        "image": settings["agent-image"],
        "resources": sizes,
        "securityContext": {
            "runAsUser": int(settings["agent-run-as-user"]),
            "runAsGroup": int(settings["agent-run-as-group"]),
            "runAsNonRoot": True,
            "readOnlyRootFilesystem": True,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            {"name": settings["agent-service-account-token-volume-name"], "mountPath": token, "readOnly": True},
            {"name": "home-init" if name.endswith("init") else "home-sidecar", "mountPath": "/home/vault"},
        ],
    }


def test_pod_with_its_agent_is_admitted(cluster: Cluster, staging: Graph) -> None:
    assert refusal(cluster, injected(staging)) == ""


def test_agent_image_from_another_registry_is_rejected(cluster: Cluster, staging: Graph) -> None:
    rejection = refusal(cluster, injected(staging, "agent-image"))
    sentence = "runs an image from a repository that this namespace does not allow"
    assert f"container vault-agent, vault-agent-init {sentence}" in rejection


def test_api_server_accepts_the_agents_token_volume(cluster: Cluster, staging: Graph) -> None:
    spec = cluster.dry_run_create(injected(staging)).to_dict()["spec"]
    (volume,) = [each for each in spec["volumes"] if each["name"] == "vault-token"]
    assert volume["projected"]["sources"] == [
        {"serviceAccountToken": {"audience": "vault", "expirationSeconds": 600, "path": "token"}}
    ]
    assert spec["automountServiceAccountToken"] is False
