"""Protected data survives a destroy unless an explicit override is given."""

import pytest
import yaml

from tests.integration.conftest import Checkout
from tests.integration.environments import bring_up_without_further_changes, destroy

pytestmark = pytest.mark.integration

STACK = "preprod"


def test_protected_data_is_deleted_only_with_the_override(checkout: Checkout) -> None:
    tracked = (checkout.root / f"Pulumi.{STACK}.yaml").read_text()
    bring_up_without_further_changes(checkout, STACK)
    assert_destroy_is_refused(checkout)

    up_without_protection(checkout)
    own = yaml.safe_load((checkout.home(STACK).workspace / f"Pulumi.{STACK}.yaml").read_text())
    assert own["config"]["rehearsal:dispose"] == STACK
    assert (checkout.root / f"Pulumi.{STACK}.yaml").read_text() == tracked
    destroy(checkout, STACK)


@pytest.mark.full
def test_the_next_up_restores_the_protection(checkout: Checkout) -> None:
    up_without_protection(checkout)
    shown = checkout.ops("rehearse", "up", STACK).stdout
    assert "is not protected in this rehearsal" not in shown
    assert_destroy_is_refused(checkout)
    up_without_protection(checkout)
    destroy(checkout, STACK)


def assert_destroy_is_refused(checkout: Checkout) -> None:
    assert deletion_protection(checkout) == {True}, "`up` without --disposable must restore the protection"
    before = checkout.control(STACK, "inventory")["resources"]
    refused = checkout.shell(STACK, f"pulumi destroy --stack {STACK} --yes", check=False)
    assert refused.returncode != 0
    assert "cannot be deleted because it is protected" in " ".join((refused.stdout + refused.stderr).split())
    assert checkout.control(STACK, "inventory")["resources"] == before, "a rejected destroy must delete nothing"


def up_without_protection(checkout: Checkout) -> None:
    shown = " ".join(checkout.ops("rehearse", "up", STACK, "--disposable").stdout.split())
    assert f"The data of {STACK} is not protected in this rehearsal" in shown
    assert "Policy packs: no blocking findings" in shown
    assert deletion_protection(checkout) == {False}


def deletion_protection(checkout: Checkout) -> set[bool]:
    databases = checkout.aws(STACK, "rds").describe_db_instances()["DBInstances"]
    return {database["DeletionProtection"] for database in databases}
