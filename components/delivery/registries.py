"""Image references in our own registry, which replicates images to the DR region."""

import re
from collections.abc import Iterable

_REGISTRY = re.compile(r"^(?P<account>\d{12})\.dkr\.ecr\.[-a-z0-9]+\.amazonaws\.com/")


def is_from_repository(image: str, repositories: Iterable[str]) -> bool:
    """Return True if an image is in one of these repositories.

    Each repository must end with a slash.
    """
    return image.startswith(tuple(repositories))


def regional_reference(reference: str, region: str) -> str:
    """Return the image or repository reference in another region's registry.

    A cluster pulls images from its own region, so that it does not depend on a failed region.
    """
    return _REGISTRY.sub(lambda match: f"{match['account']}.dkr.ecr.{region}.amazonaws.com/", reference)
