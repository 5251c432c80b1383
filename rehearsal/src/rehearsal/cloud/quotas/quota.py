"""One quota of an AWS account."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Quota:
    """Maximum number of resources, or maximum size, in a fresh account."""

    service: str
    """Service code of Service Quotas, such as `vpc`."""
    code: str
    """Quota code of Service Quotas, or a name if Service Quotas does not list the quota."""
    name: str
    """Name in Service Quotas."""
    value: int
    adjustable: bool
    error: str
    """Error code with which AWS refuses a request beyond the quota."""
    source: str
    """Page of the AWS documentation with the value."""

    @property
    def key(self) -> str:
        """Service and code, which REHEARSE_QUOTAS uses."""
        return f"{self.service}/{self.code}"
