"""Who goes first when machines are short."""

from components.delivery.priorities import PRIORITIES, Priority

KUBERNETES_OWN = 1_000_000_000


def test_students_safety_goes_first_and_batches_last() -> None:
    ranked = sorted(PRIORITIES, key=lambda priority: PRIORITIES[priority].value, reverse=True)
    assert ranked == [Priority.SAFETY_CRITICAL, Priority.STANDARD, Priority.BATCH]
    assert all(plan.value < KUBERNETES_OWN for plan in PRIORITIES.values())


def test_a_batch_ends_nobody_elses_pods() -> None:
    assert [priority for priority, plan in PRIORITIES.items() if not plan.preempts] == [Priority.BATCH]
