"""One request that AWS refuses because of the present state of the account."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """A refused request, and the part of the emulation that refuses it."""

    name: str
    """Unique name. The scenario that provokes the refusal has the same name."""
    service: str
    """boto3's name of the service."""
    operation: str
    """Operation of the API, such as `DeleteVpc`."""
    when: str
    """Condition, such as "the VPC contains subnets"."""
    code: str
    """Error code of AWS."""
    patch: str = ""
    """Name of the moto patch that refuses the request, or "" if moto itself does."""
