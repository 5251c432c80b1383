"""Kubeconfig and node roles."""

import json

from hypothesis import given
from hypothesis import strategies as st

from components.cluster.plan import kubeconfig, node_role

WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1)


@given(WORDS, WORDS, WORDS, WORDS)
def test_a_kubeconfig_carries_each_fact_where_clients_look(
    name: str, region: str, endpoint: str, authority: str
) -> None:
    config = json.loads(kubeconfig(name, region, endpoint, authority))
    assert config["clusters"] == [
        {"name": name, "cluster": {"server": endpoint, "certificate-authority-data": authority}}
    ]
    assert config["current-context"] == config["contexts"][0]["name"] == name
    assert config["users"][0]["user"]["exec"]["args"][-3:] == [name, "--region", region]


def test_only_spot_machines_are_tainted() -> None:
    assert node_role(spot=True).tainted
    assert not node_role(spot=False).tainted
