"""Security Hub: settings of the hub, and rejection of a second activation."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar, cast

from moto.securityhub import models, responses
from moto.securityhub.exceptions import SecurityHubClientError
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches

HUB_SETTINGS = ("AutoEnableControls", "ControlFindingGenerator")


class SecurityHubBackend(models.SecurityHubBackend):
    """Security Hub backend that stores settings."""

    original: ClassVar[type[models.SecurityHubBackend]]

    settings: Mapping[str, Any] | None = None

    @override
    def describe_hub(self, hub_arn: str | None = None) -> dict[str, Any]:
        return {**SecurityHubBackend.original.describe_hub(self, hub_arn), **(self.settings or {})}

    @override
    def disable_security_hub(self) -> dict[str, Any]:
        answer = SecurityHubBackend.original.disable_security_hub(self)
        self.settings = None
        return answer


class SecurityHubResponse(responses.SecurityHubResponse):
    """EnableSecurityHub with settings, and UpdateSecurityHubConfiguration."""

    original: ClassVar[type[responses.SecurityHubResponse]]

    @override
    def enable_security_hub(self) -> str:
        if self.securityhub_backend.enabled:
            raise SecurityHubClientError("ResourceConflictException", "Account is already subscribed")
        self.patched_backend().settings = self.requested_settings()
        return SecurityHubResponse.original.enable_security_hub(self)

    def update_security_hub_configuration(self) -> str:
        """Change the settings of an enabled hub."""
        backend = self.patched_backend()
        backend.describe_hub()
        backend.settings = {**(backend.settings or {}), **self.requested_settings()}
        return "{}"

    def patched_backend(self) -> SecurityHubBackend:
        """Return the backend, cast to the patched class."""
        return cast("SecurityHubBackend", self.securityhub_backend)

    def requested_settings(self) -> dict[str, Any]:
        """Return the settings in the request."""
        request = json.loads(self.body) if self.body else {}
        return {name: request[name] for name in HUB_SETTINGS if name in request}


def install(patches: Patches) -> None:
    """Patch moto's Security Hub."""
    patches.install(SecurityHubBackend)
    patches.install(SecurityHubResponse)


MOTO_PATCHES = (
    MotoPatch(
        name="securityhub-settings",
        moto="drops the hub's settings, and accepts a second activation",
        aws="stores and updates the settings, and rejects a second activation",
        source="Security Hub EnableSecurityHub, UpdateSecurityHubConfiguration",
        upstream="to file: SecurityHub: Store hub settings and support UpdateSecurityHubConfiguration",
    ),
)
