"""Root Application."""

from components.gitops.root_plan import ClusterFacts, root_spec

FACTS = ClusterFacts(
    environment="staging",
    repository="https://git.example/platform.git",
    revision="v1.2.0",
    region="us-east-1",
    cluster_name="campus-staging",
    vpc_id="vpc-1",
    vault_address="https://vault.example:8200",
    vault_auth_path="auth/kubernetes-dr",
)


def test_the_root_deploys_the_app_of_apps_of_one_revision() -> None:
    source = root_spec(FACTS)["source"]
    assert (source["repoURL"], source["targetRevision"], source["path"]) == (
        "https://git.example/platform.git",
        "v1.2.0",
        "gitops/apps",
    )
    assert source["helm"]["valueFiles"] == ["values-staging.yaml"]


def test_the_root_passes_cluster_facts_to_the_app_of_apps() -> None:
    assert root_spec(FACTS)["source"]["helm"]["valuesObject"] == {
        "facts": {
            "environment": "staging",
            "repository": "https://git.example/platform.git",
            "revision": "v1.2.0",
            "region": "us-east-1",
            "clusterName": "campus-staging",
            "vpcId": "vpc-1",
            "vaultAddress": "https://vault.example:8200",
            "vaultAuthPath": "auth/kubernetes-dr",
        }
    }


def test_the_root_syncs_automatically() -> None:
    policy = root_spec(FACTS)["syncPolicy"]
    assert policy["automated"] == {"prune": True, "selfHeal": True}
    assert policy["retry"]["limit"] == 10
