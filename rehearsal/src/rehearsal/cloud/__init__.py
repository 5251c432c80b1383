"""Emulated control plane.

Moto in this process, patched where it differs from AWS and connected to data planes.

Importing this package does not import moto, which reads its account id when it is imported.
"""

from rehearsal.cloud.emulator import Emulator, EmulatorError

__all__ = ["Emulator", "EmulatorError"]
