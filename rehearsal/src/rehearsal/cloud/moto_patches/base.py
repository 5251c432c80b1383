"""What a correction of moto is: a name, what moto does, what AWS does, and the patch between them."""

from collections.abc import Callable
from dataclasses import dataclass

from rehearsal.cloud.patches import Patches


@dataclass(frozen=True)
class MotoPatch:
    """One correction; `source` is the AWS API reference page (or user guide) that says how it should be."""

    name: str
    moto: str
    aws: str
    source: str
    patch: Callable[[Patches], None]
