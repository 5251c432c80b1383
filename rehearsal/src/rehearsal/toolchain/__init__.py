"""The command-line tools that a rehearsal runs: pulumi, a Kubernetes control plane, Vault and the rest.

    paths = Toolchain(root).ensure(["pulumi", "etcd"])      # builds what is missing, with a progress bar

    toolchain = Toolchain(root)
    with toolchain.start(["pulumi", "vault"]) as build:     # in the background
        pulumi = build.path("pulumi")                       # does not wait for vault
        ...
        paths = toolchain.watch(build)                      # the progress bar, for what is left

Errors: ToolchainError (tools that could not be had, all of them in one), BuildCancelledError (`Build.cancel`).
"""

from rehearsal.toolchain.build import Build
from rehearsal.toolchain.errors import BuildCancelledError, Failure, ToolchainError
from rehearsal.toolchain.status import Phase, Status
from rehearsal.toolchain.table import TOOLS, Tool
from rehearsal.toolchain.toolchain import Toolchain

__all__ = [
    "TOOLS",
    "Build",
    "BuildCancelledError",
    "Failure",
    "Phase",
    "Status",
    "Tool",
    "Toolchain",
    "ToolchainError",
]
