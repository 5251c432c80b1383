"""The next update completes the work of a killed engine."""

import os
import random
import signal
import subprocess
import time

import pytest

from rehearsal.cloud.comparison import compare
from tests.integration.conftest import Checkout

pytestmark = pytest.mark.integration

SEED = 20260914


def start_update(checkout: Checkout) -> subprocess.Popen[str]:
    """Start `ops rehearse up` and wait until the engine has begun its update."""
    ops = checkout.start_ops("rehearse", "up", "dev")
    while ops.poll() is None and not checkout.running("pulumi", "up"):
        time.sleep(0.05)
    return ops


def kill_during_up(checkout: Checkout, delay: float) -> bool:
    """Kill the engine during an update; return False if the update ended earlier."""
    ops = start_update(checkout)
    try:
        time.sleep(delay)
        hit = False
        for process in checkout.running("pulumi"):
            os.kill(process.pid, signal.SIGKILL)
            hit = True
        return hit
    finally:
        ops.communicate()


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kills", [1, pytest.param(5, marks=pytest.mark.full)])
def test_next_update_completes_a_killed_one(checkout: Checkout, kills: int) -> None:
    moments = random.Random(SEED)  # noqa: S311  # not for secrets
    ops = start_update(checkout)
    began = time.monotonic()
    printed, _ = ops.communicate()
    assert ops.returncode == 0, printed
    # Only 80 % of the duration, because a kill after the update would not count.
    duration = 0.8 * (time.monotonic() - began)
    hits = attempts = 0
    while hits < kills:
        attempts += 1
        assert attempts <= 3 * kills, f"only {hits} of {attempts - 1} kills met a running engine"
        checkout.ops("rehearse", "down", "dev")
        hits += kill_during_up(checkout, moments.uniform(0, duration))
        checkout.ops("rehearse", "up", "dev")
        deployment = checkout.control("dev", "deployment")
        mismatch = compare(checkout.control("dev", "inventory")["resources"], deployment["resources"])
        assert mismatch.none, mismatch
        assert deployment["pending"] == []
        checkout.shell("dev", "pulumi preview --stack dev --expect-no-changes")
    checkout.shell("dev", "pulumi destroy --stack dev --yes --skip-preview")
    assert compare(checkout.control("dev", "inventory")["resources"], []).only_in_cloud == ()
    checkout.ops("rehearse", "down", "dev")
    assert checkout.processes() == []
