"""Data planes: real servers behind the emulated AWS.

One Kubernetes control plane per EKS cluster, one PostgreSQL server per RDS instance, and one Vault.
"""

from rehearsal.dataplanes.data_planes import DataPlanes, ServerStatus, ServerType

__all__ = ["DataPlanes", "ServerStatus", "ServerType"]
