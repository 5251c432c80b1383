"""A layer: the component that holds what one layer function makes, so that `--target` can address it."""

from collections.abc import Sequence

import pulumi
from pulumi import ResourceOptions

from components.base import DeploymentContext, PlatformComponent


class Layer(PlatformComponent):
    """Named `campus:layer:<Name>`; what it holds uses the layer's providers."""

    def __init__(
        self, name: str, context: DeploymentContext, providers: Sequence[pulumi.ProviderResource] = ()
    ) -> None:
        super().__init__(f"campus:layer:{name}", name.lower(), context, ResourceOptions(providers=list(providers)))
        self.register_outputs({})
