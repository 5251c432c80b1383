"""Priority classes."""

from components.delivery.priorities import PRIORITIES, Priority

KUBERNETES_OWN = 1_000_000_000


def test_safety_critical_has_the_highest_priority_and_batch_the_lowest() -> None:
    ranked = sorted(PRIORITIES, key=lambda priority: PRIORITIES[priority].value, reverse=True)
    assert ranked == [Priority.SAFETY_CRITICAL, Priority.STANDARD, Priority.BATCH]
    assert all(plan.value < KUBERNETES_OWN for plan in PRIORITIES.values())


def test_batch_never_preempts() -> None:
    assert [priority for priority, plan in PRIORITIES.items() if not plan.preempts] == [Priority.BATCH]
