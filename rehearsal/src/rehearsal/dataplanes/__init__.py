"""Real servers behind the emulated cloud: Kubernetes per EKS cluster, PostgreSQL per RDS instance, one Vault."""

from rehearsal.dataplanes.data_planes import DataPlanes, ServerStatus, ServerType

__all__ = ["DataPlanes", "ServerStatus", "ServerType"]
