"""Root Application, the only Application that Pulumi creates.

The root Application deploys all other Applications from `gitops/apps`.
"""

from dataclasses import asdict, dataclass

from pydantic.alias_generators import to_camel

from components.delivery.manifest import Manifest
from components.gitops.project_plan import IN_CLUSTER, NAMESPACE, ROOT

PATH = "gitops/apps"
RETRY = {"limit": 10, "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"}}
"""Retries of a failed sync, because a new cluster takes a while to become ready."""


@dataclass(frozen=True)
class ClusterFacts:
    """Facts about one cluster that the app-of-apps needs but Git does not contain.

    They include no secrets.
    """

    environment: str
    repository: str
    revision: str
    region: str
    cluster_name: str
    vpc_id: str
    vault_address: str
    vault_auth_path: str
    """Vault auth path of this cluster's service accounts."""


def root_spec(facts: ClusterFacts) -> Manifest:
    """Return the spec of the root Application.

    It has no finalizer, so that deleting it by mistake does not delete the cluster's add-ons.
    """
    return {
        "project": ROOT,
        "source": {
            "repoURL": facts.repository,
            "targetRevision": facts.revision,
            "path": PATH,
            "helm": {
                "valueFiles": [f"values-{facts.environment}.yaml"],
                "valuesObject": {"facts": {to_camel(name): fact for name, fact in asdict(facts).items()}},
            },
        },
        "destination": {"server": IN_CLUSTER, "namespace": NAMESPACE},
        "syncPolicy": {"automated": {"prune": True, "selfHeal": True}, "retry": RETRY},
    }
