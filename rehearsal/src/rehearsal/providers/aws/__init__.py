"""Emulated `aws` provider: the SDK's resource types, backed by moto.

Moto runs in the same process.
"""

from pathlib import Path

from rehearsal.providers.aws.provider import AwsProvider
from rehearsal.providers.aws.types import TABLE
from rehearsal.providers.schema import SdkSchemas

__all__ = ["AwsProvider", "create_provider"]


def create_provider(cache: Path = Path(".rehearsal/cache")) -> AwsProvider:
    """Return the emulated provider. `cache` is the directory of cached SDK schemas.

    Activate moto for boto3 in this process (`moto.mock_aws`) before the provider creates its first resource.
    """
    return AwsProvider(TABLE, SdkSchemas("aws", cache))
