"""Helm releases are validated against the SDK's types and only recorded."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from rehearsal.providers.kubernetes import create_provider
from rehearsal.providers.kubernetes.provider import KubernetesProvider
from rehearsal.providers.kubernetes.releases import RELEASE
from rehearsal.providers.protocol import (
    Autonaming,
    CheckRequest,
    CheckResult,
    Fidelity,
    ProviderError,
    ResourceState,
    Urn,
)

URN = Urn(f"urn:pulumi:dev::shop::{RELEASE}::web")
INPUTS: dict[str, Any] = {"chart": "web", "name": "web", "namespace": "shop", "values": {"replicas": 2}}


class NoClusters:
    def all(self) -> Sequence[Any]:
        return ()


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KubernetesProvider]:
    kubernetes = create_provider(NoClusters(), tmp_path_factory.mktemp("cache"))
    yield kubernetes
    kubernetes.close()


def check(provider: KubernetesProvider, inputs: dict[str, Any], **rest: Any) -> CheckResult:
    return provider.configure({}).check(CheckRequest(URN, rest.pop("old_inputs", {}), inputs, **rest))


def test_releases_are_recorded_and_all_other_types_real(provider: KubernetesProvider) -> None:
    assert provider.fidelity(RELEASE) is Fidelity.RECORDED
    assert provider.fidelity("kubernetes:core/v1:ConfigMap") is Fidelity.REAL


def test_every_invalid_input_of_a_release_is_reported_at_once(provider: KubernetesProvider) -> None:
    failures = check(provider, {"name": "web", "verzion": "1.0.0", "skipCrds": "perhaps"}).failures
    assert {failure.property for failure in failures} == {"chart", "verzion", "skipCrds"}


def test_a_generated_release_name_is_stable(provider: KubernetesProvider) -> None:
    first = check(provider, {"chart": "web"}, random_seed=b"1").inputs
    assert first["name"].startswith("web-")
    assert first["namespace"] == "default"
    assert check(provider, {"chart": "web"}, old_inputs=first, random_seed=b"2").inputs == first
    (failure,) = check(provider, {"chart": "web"}, autonaming=Autonaming.DISABLE).failures
    assert failure.property == "name"


def test_a_release_exists_in_state_only(provider: KubernetesProvider) -> None:
    configured = provider.configure({})
    created = configured.create(URN, INPUTS, 0)
    assert created.id == "shop/web"
    assert created.outputs == configured.preview_create(URN, INPUTS) == INPUTS
    recorded = ResourceState(URN, created.id, INPUTS, created.outputs)
    live = configured.read(recorded)
    assert live
    assert (live.inputs, live.outputs) == (INPUTS, INPUTS)
    changed = {**INPUTS, "version": "2.0.0"}
    assert configured.update(recorded, changed, 0) == configured.preview_update(recorded, changed) == changed
    configured.delete(recorded, 0)


def test_a_new_namespace_replaces_a_release(provider: KubernetesProvider) -> None:
    configured, recorded = provider.configure({}), ResourceState(URN, "shop/web", INPUTS, INPUTS)
    assert configured.diff(recorded, INPUTS).changes == ()
    (value,) = configured.diff(recorded, {**INPUTS, "values": {"replicas": 3}}).changes
    assert (value.path, value.replace) == ("values.replicas", False)
    (moved,) = configured.diff(recorded, {**INPUTS, "namespace": "other"}).changes
    assert moved.replace


def test_a_release_cannot_be_imported(provider: KubernetesProvider) -> None:
    with pytest.raises(ProviderError, match="only records Helm releases"):
        provider.configure({}).read(ResourceState(URN, "shop/web"))
