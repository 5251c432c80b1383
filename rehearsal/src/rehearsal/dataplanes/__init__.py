"""Real servers behind the emulated cloud: Kubernetes per EKS cluster, PostgreSQL per RDS instance, one Vault."""

from rehearsal.dataplanes.planes import DataPlanes, Kind, PlaneStatus

__all__ = ["DataPlanes", "Kind", "PlaneStatus"]
