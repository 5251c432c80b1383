"""Emulated `aws` provider: the SDK's resource types on moto, in this process."""

from pathlib import Path

from rehearsal.providers.aws.provider import AwsProvider
from rehearsal.providers.aws.types import TABLE
from rehearsal.providers.schema import SdkSchemas

__all__ = ["AwsProvider", "create_provider"]


def create_provider(cache: Path = Path(".rehearsal/cache")) -> AwsProvider:
    """Return the emulated provider; `cache` stores the SDK package's schemas.

    moto must answer boto3 in this process (`moto.mock_aws`) before the first resource is created.
    """
    return AwsProvider(TABLE, SdkSchemas("aws", cache))
