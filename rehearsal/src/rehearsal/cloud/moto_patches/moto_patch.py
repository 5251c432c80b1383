"""Description of one patch of moto."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class MotoPatch:
    """A difference between moto and AWS that patch classes correct."""

    name: str
    """Service and subject, such as `eks-tags`. The test of this patch is `test_eks_tags`."""
    moto: str
    """Behaviour of moto without the patch."""
    aws: str
    """Behaviour of AWS, and of moto with the patch."""
    source: str
    """AWS API reference or user guide page that documents the behaviour."""
    upstream: str
    """Issue or pull request of moto, or "to file" and the title of the issue to file."""
    operations: tuple[str, ...] = ()
    """Corrected AWS operations, such as `CreateCluster`, that neither `source` nor `upstream` names."""
