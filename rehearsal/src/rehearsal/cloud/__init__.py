"""Emulated AWS control plane: moto with patches and data planes.

Moto runs in this process. Patches correct its differences from AWS, and hooks connect EKS and RDS to real servers.

Importing this package does not import moto, because moto reads its account id at import.
"""

from rehearsal.cloud.emulator import Emulator, EmulatorError

__all__ = ["Emulator", "EmulatorError"]
