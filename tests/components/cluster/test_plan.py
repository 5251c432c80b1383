"""Kubeconfig, workload types and pinned add-ons."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.cluster.plan import ADDON_VERSIONS, ADDONS_AFTER_NODES, ADDONS_BEFORE_NODES, Workload, kubeconfig

WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1)


@given(WORDS, WORDS, WORDS, WORDS)
def test_a_kubeconfig_has_the_fields_that_clients_read(name: str, region: str, endpoint: str, authority: str) -> None:
    config = json.loads(kubeconfig(name, region, endpoint, authority))
    assert config["clusters"] == [
        {"name": name, "cluster": {"server": endpoint, "certificate-authority-data": authority}}
    ]
    assert config["current-context"] == config["contexts"][0]["name"] == name
    assert config["users"][0]["user"]["exec"]["args"][-3:] == [name, "--region", region]


def test_only_service_nodes_have_no_taint() -> None:
    assert {workload: workload.tainted for workload in Workload} == {
        Workload.SERVICES: False,
        Workload.BATCH: True,
        Workload.TRAINING: True,
    }


def test_nodes_are_charged_to_their_workload() -> None:
    assert [workload.feature for workload in Workload] == ["cluster", "batch", "training"]


@pytest.mark.parametrize("kubernetes", ADDON_VERSIONS)
def test_every_addon_has_a_pinned_version(kubernetes: str) -> None:
    versions = {addon.name: addon.version(kubernetes) for addon in (*ADDONS_BEFORE_NODES, *ADDONS_AFTER_NODES)}
    assert versions.keys() == ADDON_VERSIONS[kubernetes].keys()
    assert [one for one in versions.values() if not re.fullmatch(r"v\d+\.\d+\.\d+-eksbuild\.\d+", one)] == []


@pytest.mark.parametrize("kubernetes", ADDON_VERSIONS)
def test_kube_proxy_matches_the_kubernetes_version(kubernetes: str) -> None:
    assert ADDON_VERSIONS[kubernetes]["kube-proxy"].startswith(f"v{kubernetes}.")
