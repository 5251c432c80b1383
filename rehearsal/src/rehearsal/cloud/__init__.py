"""The emulated control plane: moto in this process, corrected where it errs and tied to real data planes.

Nothing here imports moto before `Emulator.start`, because moto reads its account id when it is imported.
"""

from rehearsal.cloud.emulator import Emulator, EmulatorError

__all__ = ["Emulator", "EmulatorError"]
