"""The one Application that Pulumi makes: it watches `gitops/apps`, which makes all the others."""

from dataclasses import asdict, dataclass

from pydantic.alias_generators import to_camel

from components.delivery.manifest import Manifest
from components.gitops.project_plan import IN_CLUSTER, NAMESPACE, ROOT

PATH = "gitops/apps"
RETRY = {"limit": 10, "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"}}
"""A cluster that is being made takes a while to be ready for everything."""


@dataclass(frozen=True)
class ClusterFacts:
    """What the app-of-apps must be told, because Git does not know it: facts of one cluster, none secret."""

    environment: str
    repository: str
    revision: str
    region: str
    cluster_name: str
    vpc_id: str
    vault_address: str
    vault_auth_path: str
    """Of the injector: where this cluster's service accounts sign in."""


def root_spec(facts: ClusterFacts) -> Manifest:
    """Spec of the root Application.

    It has no finalizer: who deletes it by mistake loses a pointer, not every add-on of the cluster.
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
