"""Where images come from: our own registry, which copies them to the DR region."""

import re
from collections.abc import Iterable

_REGISTRY = re.compile(r"^(?P<account>\d{12})\.dkr\.ecr\.[-a-z0-9]+\.amazonaws\.com/")


def is_from_repository(image: str, repositories: Iterable[str]) -> bool:
    """Whether an image lies below one of these repositories, each written with a slash at its end."""
    return image.startswith(tuple(repositories))


def regional_reference(reference: str, region: str) -> str:
    """The same image, or repository, in the registry's copy in another region.

    A cluster takes its images from its own region: the other one may be the disaster.
    """
    return _REGISTRY.sub(lambda match: f"{match['account']}.dkr.ecr.{region}.amazonaws.com/", reference)
