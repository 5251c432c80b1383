"""Component of one layer, so that `--target` can address the layer."""

from collections.abc import Sequence

import pulumi
from pulumi import ResourceOptions

from components.base import DeploymentContext, PlatformComponent


class Layer(PlatformComponent):
    """Component of type `campus:layer:<Name>`. Its children inherit its providers."""

    def __init__(
        self, name: str, context: DeploymentContext, providers: Sequence[pulumi.ProviderResource] = ()
    ) -> None:
        super().__init__(f"campus:layer:{name}", name.lower(), context, ResourceOptions(providers=list(providers)))
        self.register_outputs({})
