"""Command-line tools of a rehearsal: pulumi, Kubernetes, Vault and others.

    paths = Toolchain().ensure(["pulumi", "etcd"])          # builds what is missing, with a progress bar

    toolchain = Toolchain(directory)
    with toolchain.start(["pulumi", "vault"]) as build:     # in the background
        pulumi = build.path("pulumi")                       # does not wait for vault
        ...
        paths = toolchain.watch(build)                      # progress bar for the rest

Errors: ToolchainError (one error for all missing tools), BuildCancelledError (after `Build.cancel`).
"""

from rehearsal.toolchain.build import Build
from rehearsal.toolchain.errors import BuildCancelledError, ToolchainError, ToolFailure
from rehearsal.toolchain.layout import MODULES, tools_directory
from rehearsal.toolchain.status import BuildPhase, BuildStatus
from rehearsal.toolchain.table import TOOLS, Tool
from rehearsal.toolchain.toolchain import Toolchain, listing_table

__all__ = [
    "MODULES",
    "TOOLS",
    "Build",
    "BuildCancelledError",
    "BuildPhase",
    "BuildStatus",
    "Tool",
    "ToolFailure",
    "Toolchain",
    "ToolchainError",
    "listing_table",
    "tools_directory",
]
