"""Checks of environments after their first update and after their destruction."""

from rehearsal.cloud.comparison import compare
from tests.integration.conftest import Checkout


def bring_up_without_further_changes(checkout: Checkout, stack: str) -> None:
    """Bring a stack up; check that nothing drifts and the permissions suffice."""
    shown = checkout.ops("rehearse", "up", stack).stdout
    assert "Inventory: the emulated AWS and the state hold the same resources" in shown
    blocked = "no blocking findings" if stack == "staging" else "no findings"
    assert f"Policy packs: {blocked}" in shown
    checkout.shell(stack, f"pulumi preview --stack {stack} --expect-no-changes")
    checkout.shell(stack, f"pulumi refresh --stack {stack} --preview-only --expect-no-changes")
    shown = checkout.ops("rehearse", "iam", stack).stdout
    assert "Denied unexpectedly: 0 requests" in shown
    assert "Unexpected outcomes: 0." in shown


def destroy(checkout: Checkout, stack: str) -> None:
    """Destroy a stack and end its rehearsal.

    Check that nothing is left and that the pipeline's permissions suffice.
    """
    checkout.shell(stack, f"pulumi destroy --stack {stack} --yes")
    assert compare(checkout.control(stack, "inventory")["resources"], []).only_in_cloud == ()
    assert "Denied unexpectedly: 0 requests" in checkout.ops("rehearse", "iam", stack).stdout
    checkout.ops("rehearse", "down", stack)
    assert checkout.processes() == []
