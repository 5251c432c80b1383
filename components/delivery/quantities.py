"""Kubernetes quantities, as far as settings use them: CPU in millicores, memory in MiB."""

_MEBIBYTES = {"Mi": 1, "Gi": 1024}


def millicores(cpu: str) -> int:
    """`500m` → 500, `2` → 2000."""
    return int(cpu[:-1]) if cpu.endswith("m") else int(cpu) * 1000


def mebibytes(memory: str) -> int:
    """`512Mi` → 512, `4Gi` → 4096."""
    return int(memory[:-2]) * _MEBIBYTES[memory[-2:]]
