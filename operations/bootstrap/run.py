"""Run of `ops bootstrap`: read the account, plan and show the plan.

With --execute, the plan is applied and the account is read again.
"""

from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from operations.bootstrap.account import apply_action, read_account
from operations.bootstrap.cloud import AwsClients, BootstrapError
from operations.bootstrap.context import AccountContext, account_context
from operations.bootstrap.desired import desired_resources
from operations.bootstrap.plan import conflicts, plan, to_do
from operations.bootstrap.screen import Screen
from stacks.layers.foundation import deployment_context
from stacks.loading import load_file

PLATFORM = Path(__file__).resolve().parents[2]
DONE, UNDONE, IMPOSSIBLE = 0, 2, 1
"""Exit codes: all resources are up to date; a dry run found work; AWS does not allow a change."""


def context_from(project: Path, environment: str) -> AccountContext:
    """Return the account context from an environment's settings. Raises SettingsError."""
    settings = load_file(project, environment)
    return account_context(settings, deployment_context(settings).with_feature("bootstrap").tags.as_dict())


def bootstrap(environment: str, *, execute: bool, screen: Screen | None = None, project: Path = PLATFORM) -> int:
    """Show the resources that an account needs; if `execute` is True, create them.

    Returns the exit code.

    Raises:
        SettingsError: the environment's settings are wrong.
        BootstrapError: the credentials are missing or for another account, or a call to AWS fails. Finished steps are
            kept, and the next run resumes from there.
    """
    screen, context = screen or Screen(), context_from(project, environment)
    clients = AwsClients(context.account)
    try:
        clients.check_account(environment)
        return _work(clients, context, screen, execute=execute)
    except ClientError as error:
        raise BootstrapError(
            f"AWS refused a call: {error}. Finished steps are kept. Remove the cause and run the command again."
        ) from error
    except BotoCoreError as error:
        reason = str(error).rstrip(".")
        raise BootstrapError(
            f"AWS could not be called: {reason}. Log in as an administrator of account {context.account}, check the "
            "connection, and run the command again."
        ) from error


def _work(clients: AwsClients, context: AccountContext, screen: Screen, *, execute: bool) -> int:
    resources = desired_resources(context)
    actions = plan(resources, read_account(clients, resources))
    work = to_do(actions)
    screen.plan(context, actions)
    if conflicts(actions) or not work or not execute:
        screen.verdict(context, actions)
        return IMPOSSIBLE if conflicts(actions) else UNDONE if work else DONE
    for action in work:
        apply_action(clients, action, screen.step)
    left = [action.resource.label for action in plan(resources, read_account(clients, resources)) if action.attributes]
    if left:
        raise BootstrapError(
            f"All steps succeeded, but these resources still differ: {', '.join(left)}. Run the command again; if they "
            "still differ, something else changes them, which CloudTrail shows."
        )
    screen.done(context, work)
    return DONE
