"""Kubernetes quantities in settings: CPU in millicores, memory in MiB.

`kubernetes.utils.parse_quantity` is not used, because importing it imports the whole API client (over a second).
"""

_MEBIBYTES = {"Mi": 1, "Gi": 1024}


def millicores(cpu: str) -> int:
    """Convert a CPU quantity to millicores: `500m` → 500, `2` → 2000."""
    return int(cpu[:-1]) if cpu.endswith("m") else int(cpu) * 1000


def mebibytes(memory: str) -> int:
    """Convert a memory quantity to MiB: `512Mi` → 512, `4Gi` → 4096."""
    return int(memory[:-2]) * _MEBIBYTES[memory[-2:]]
