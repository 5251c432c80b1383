"""How objects age."""

from hypothesis import given
from hypothesis import strategies as st

from components.storage.plan import LifecyclePlan, evidence_lifecycle


@given(st.integers(1, 10), st.integers(30, 400), st.integers(120, 800))
def test_evidence_is_never_expired_early_and_only_gets_colder(years: int, cold: int, archive: int) -> None:
    plan = evidence_lifecycle(years, cold, archive)
    assert plan.expire_after >= years * 365 + (years + 3) // 4
    assert all(days < plan.expire_after for _, days in plan.transitions())


def test_a_step_that_expiry_overtakes_is_left_out() -> None:
    assert LifecyclePlan(30, cold_after=30, archive_after=120).transitions() == ()
    assert LifecyclePlan(100, cold_after=30, archive_after=120).transitions() == (("STANDARD_IA", 30),)
