"""The emulated `aws` provider: the SDK's resource types on an emulated AWS in this process."""

from pathlib import Path

from rehearsal.providers.aws.provider import AwsProvider
from rehearsal.providers.aws.types import TABLE
from rehearsal.providers.schema import SdkSchemas

__all__ = ["AwsProvider", "create_provider"]


def create_provider(cache: Path = Path(".rehearsal/cache")) -> AwsProvider:
    """The emulated provider. `cache` keeps what was read from the SDK package.

    boto3 must be answered by moto in this process (`moto.mock_aws`) by the time a resource is made.
    """
    return AwsProvider(TABLE, SdkSchemas("aws", cache))
