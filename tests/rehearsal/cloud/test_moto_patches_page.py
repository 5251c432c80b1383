"""The documentation lists the refusals, the moto patches and their users."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.cloud.moto_patches import MOTO_PATCHES, MotoPatch, added_operations
from rehearsal.cloud.moto_patches.needed_by import INVENTORY, corrected_operations, needed_by
from rehearsal.cloud.moto_patches.page import page
from rehearsal.cloud.refusals import REFUSALS
from rehearsal.cloud.refusals.page import page as refusals_page
from rehearsal.providers.aws.called_operations import called_operations
from rehearsal.providers.aws.calls import operation_names
from rehearsal.providers.aws.types import TABLE

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference"
PAGES = {"moto-patches.md": page, "refusals.md": refusals_page}


def users(name: str) -> tuple[str, ...]:
    [patch] = [patch for patch in MOTO_PATCHES if patch.name == name]
    return needed_by(patch, name.partition("-")[0])


@pytest.mark.parametrize(("name", "current"), PAGES.items(), ids=PAGES)
def test_the_page_is_current(name: str, current: Callable[[], str]) -> None:
    assert (REFERENCE / name).read_text() == current(), "run `ops generate` and commit the result"


def test_the_page_lists_every_refusal() -> None:
    rows = [line for line in refusals_page().splitlines() if line.startswith("|")]
    for refusal in REFUSALS:
        assert any(f"| {refusal.operation} | {refusal.when} | `{refusal.code}` |" in row for row in rows)


def test_every_patch_is_needed() -> None:
    assert [patch.name for patch in MOTO_PATCHES if not users(patch.name)] == []


@pytest.mark.parametrize("service", sorted(added_operations()))
def test_the_patches_name_every_operation_that_they_add(service: str) -> None:
    names = operation_names(service)
    added = {names[method] for method in added_operations()[service] if method in names}
    patches = [patch for patch in MOTO_PATCHES if patch.name.startswith(f"{service}-")]
    assert added <= frozenset[str]().union(*(corrected_operations(patch, service) for patch in patches))


def test_a_type_needs_the_patches_of_the_operations_that_its_functions_call() -> None:
    assert "promote_read_replica" not in TABLE["aws:rds/instance:Instance"].operations  # type: ignore[union-attr]
    assert users("rds-promotion") == ("`aws:rds/instance:Instance`",)


def test_a_type_needs_the_patches_of_its_tag_operations() -> None:
    assert users("budgets-tags") == ("`aws:budgets/budget:Budget`",)


def test_the_inventory_needs_the_patches_of_the_lists_that_it_reads() -> None:
    assert users("ce-categories") == (INVENTORY,)


def test_operations_in_methods_of_the_tagging_are_found() -> None:
    declaration = TABLE["aws:s3/bucket:Bucket"]
    assert {"PutBucketTagging", "DeleteBucketTagging"} <= called_operations(declaration)  # type: ignore[arg-type]


def test_an_unknown_operation_is_rejected() -> None:
    patch = MotoPatch(name="eks-x", moto="", aws="", source="", upstream="", operations=("CreateClutser",))
    with pytest.raises(ValueError, match="eks-x: eks has no operation CreateClutser"):
        needed_by(patch, "eks")


def test_a_patch_of_an_operation_that_nothing_calls_has_no_users() -> None:
    patch = MotoPatch(name="eks-x", moto="", aws="", source="EKS RegisterCluster", upstream="")
    assert needed_by(patch, "eks") == ()
