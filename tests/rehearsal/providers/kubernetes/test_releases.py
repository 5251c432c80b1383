"""Helm releases are checked as the SDK declares them, and recorded without a claim to anything."""

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
    made = create_provider(NoClusters(), tmp_path_factory.mktemp("cache"))
    yield made
    made.close()


def check(provider: KubernetesProvider, inputs: dict[str, Any], **rest: Any) -> CheckResult:
    return provider.configure({}).check(CheckRequest(URN, rest.pop("old_inputs", {}), inputs, **rest))


def test_a_release_is_called_recorded_and_all_else_real(provider: KubernetesProvider) -> None:
    assert provider.fidelity(RELEASE) is Fidelity.RECORDED
    assert provider.fidelity("kubernetes:core/v1:ConfigMap") is Fidelity.REAL


def test_everything_that_is_wrong_with_a_release_is_told_at_once(provider: KubernetesProvider) -> None:
    failures = check(provider, {"name": "web", "verzion": "1.0.0", "skipCrds": "perhaps"}).failures
    assert {failure.property for failure in failures} == {"chart", "verzion", "skipCrds"}


def test_a_release_without_a_name_gets_one_and_keeps_it(provider: KubernetesProvider) -> None:
    first = check(provider, {"chart": "web"}, random_seed=b"1").inputs
    assert first["name"].startswith("web-")
    assert first["namespace"] == "default"
    assert check(provider, {"chart": "web"}, old_inputs=first, random_seed=b"2").inputs == first
    (failure,) = check(provider, {"chart": "web"}, autonaming=Autonaming.DISABLE).failures
    assert failure.property == "name"


def test_a_release_lives_in_the_state_alone(provider: KubernetesProvider) -> None:
    configured = provider.configure({})
    made = configured.create(URN, INPUTS, 0)
    assert made.id == "shop/web"
    assert made.outputs == configured.preview_create(URN, INPUTS) == INPUTS
    kept = ResourceState(URN, made.id, INPUTS, made.outputs)
    live = configured.read(kept)
    assert live
    assert (live.inputs, live.outputs) == (INPUTS, INPUTS)
    changed = {**INPUTS, "version": "2.0.0"}
    assert configured.update(kept, changed, 0) == configured.preview_update(kept, changed) == changed
    configured.delete(kept, 0)


def test_a_release_moves_to_another_namespace_only_as_another_one(provider: KubernetesProvider) -> None:
    configured, kept = provider.configure({}), ResourceState(URN, "shop/web", INPUTS, INPUTS)
    assert configured.diff(kept, INPUTS).changes == ()
    (value,) = configured.diff(kept, {**INPUTS, "values": {"replicas": 3}}).changes
    assert (value.path, value.replace) == ("values.replicas", False)
    (moved,) = configured.diff(kept, {**INPUTS, "namespace": "other"}).changes
    assert moved.replace


def test_a_release_can_not_be_imported(provider: KubernetesProvider) -> None:
    with pytest.raises(ProviderError, match="only recorded here"):
        provider.configure({}).read(ResourceState(URN, "shop/web"))
