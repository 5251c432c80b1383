"""Settings, add-ons and disabled protections of `ops rehearse`."""

from dataclasses import replace
from pathlib import Path

from rehearsal.commands import RehearsalTarget
from rehearsal.errors import RehearsalError
from rehearsal.hints import CommandHints
from rehearsal.lifecycle import Rehearsal, project_root
from rehearsal.toolchain import TOOLS, tools_directory

PLATFORM = Path(__file__).resolve().parents[1]
COMMAND = "ops rehearse"
ADDONS = ("argo-rollouts", "argo-cd")
"""Add-ons that a rehearsal installs while a cluster starts.

In a real account, the Argo CD release installs its own CRDs, and Argo CD installs Argo Rollouts.
"""
REQUIRED_TOOLS = tuple(name for name, tool in TOOLS.items() if tool.rehearsed)

PROTECTIONS = (
    "backup-vault-must-be-locked",
    "eks-must-be-protected-from-deletion",
    "lb-must-not-be-deleted",
    "rds-must-be-protected-from-deletion",
)
"""Rules that require the protections that `--disposable` disables.

They are advisory only in a destroyable rehearsal (ADR 0015).
"""


def platform_tools() -> Path:
    """Return the directory of this repository's command-line tools."""
    return tools_directory(PLATFORM / ".tools")


def rehearsal_target(
    stack: str, project: Path | None = None, *, account: str | None = None, destroyable: bool = False
) -> RehearsalTarget:
    """Return the target for an environment of this platform or of another project.

    This platform's settings are checked. `destroyable` is the option `--disposable`.

    Raises:
        SettingsError: the settings have mistakes; the error lists all of them.
        RehearsalError: there is no project, `--disposable` is used for another project, or `--account` for this
            platform.
    """
    if project is not None:
        if destroyable:
            raise RehearsalError("--disposable applies only to this platform; do not combine it with --project")
        return replace(running_target(stack, project), account=account)
    if account is not None:
        raise RehearsalError(
            f"--account applies only to --project; the account of {stack} is set in Pulumi.{stack}.yaml"
        )
    from stacks import destroyable_data  # noqa: PLC0415  # importing pydantic takes longer than `status` should
    from stacks.access import DEPLOYER  # noqa: PLC0415  # as below
    from stacks.layer_graph import layers  # noqa: PLC0415  # the same
    from stacks.loading import load_file  # noqa: PLC0415  # the same

    settings = load_file(PLATFORM, stack)
    lifting = destroyable and not settings.data.destroyable
    return RehearsalTarget(
        PLATFORM,
        stack,
        settings.account,
        ADDONS,
        REQUIRED_TOOLS,
        platform_tools(),
        layers(),
        config_overrides={destroyable_data.KEY: stack} if lifting else {},
        policy_levels=dict.fromkeys(PROTECTIONS, "advisory") if lifting else {},
        warning=destroyable_data.warning(stack) if lifting else "",
        hints=CommandHints(COMMAND),
        roles=(f"campus-{stack}-{DEPLOYER}",),
    )


def running_target(stack: str, project: Path | None = None) -> RehearsalTarget:
    """Return the target of a rehearsal that may already be running.

    Settings are not read, because they may be invalid.

    Raises:
        RehearsalError: `project` is not in a Pulumi project.
    """
    root = PLATFORM if project is None else project_root(project.resolve())
    options = "" if project is None else f"--project {project}"
    return RehearsalTarget(root, stack, tools_directory=platform_tools(), hints=CommandHints(COMMAND, options))


def running_rehearsal(stack: str) -> Rehearsal:
    """Return the rehearsal of an environment, without starting anything."""
    return running_target(stack).rehearsal()
