"""How `ops bootstrap` goes about its work: look, plan, show; and when told, carry out and look again."""

from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from operations.bootstrap.account import carry_out, look
from operations.bootstrap.cloud import BootstrapError, Cloud
from operations.bootstrap.desired import pieces
from operations.bootstrap.place import Place, place_of
from operations.bootstrap.plan import conflicts, plan, to_do
from operations.bootstrap.screen import Screen
from stacks.layers.foundation import placement
from stacks.loading import load_file

PLATFORM = Path(__file__).resolve().parents[2]
DONE, UNDONE, IMPOSSIBLE = 0, 2, 1
"""Exit codes: all is as it should be; a dry run found work; something is there that cannot be made right."""


def place_from(project: Path, environment: str) -> Place:
    """Where an environment is, from its settings. Raises SettingsError."""
    settings = load_file(project, environment)
    return place_of(settings, placement(settings).feature("bootstrap").tags.as_dict())


def bootstrap(environment: str, *, execute: bool, screen: Screen | None = None, project: Path = PLATFORM) -> int:
    """Show what an account needs, and with `execute` make it; returns the exit code.

    Raises:
        SettingsError: the environment's settings are wrong.
        BootstrapError: the credentials are another account's, or AWS refuses; what was done by then stays done, and
            the next run goes on from there.
    """
    screen, place = screen or Screen(), place_from(project, environment)
    cloud = Cloud(place.account)
    try:
        cloud.check_account(environment)
        return _work(cloud, place, screen, execute=execute)
    except (BotoCoreError, ClientError) as error:
        raise BootstrapError(f"AWS did not let bootstrap go on: {error}. The next run goes on from here.") from error


def _work(cloud: Cloud, place: Place, screen: Screen, *, execute: bool) -> int:
    wanted = pieces(place)
    actions = plan(wanted, look(cloud, wanted))
    work = to_do(actions)
    screen.plan(place, actions)
    if conflicts(actions) or not work or not execute:
        screen.verdict(place, actions)
        return IMPOSSIBLE if conflicts(actions) else UNDONE if work else DONE
    for action in work:
        carry_out(cloud, action, screen.step)
    left = [action.piece.label for action in plan(wanted, look(cloud, wanted)) if action.aspects]
    if left:
        raise BootstrapError(
            f"AWS took every step, yet these are not as they should be: {', '.join(left)}; run it again"
        )
    screen.done(place, work)
    return DONE
