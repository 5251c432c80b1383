"""Services scale in order and under the cap."""

from itertools import pairwise

from stacks.errors import Mistake
from stacks.figures import REPLICA_CAP, Environment
from stacks.known import Known
from stacks.rules.base import Mistakes, Rule


def replicas_are_in_order(_environment: Environment, known: Known) -> Mistakes:
    """Replicas lie between their bounds, the bounds under the cap, and all are equal where nothing scales."""
    keys = ("service.minReplicas", "service.replicas", "service.maxReplicas")
    for (low, low_value), (high, high_value) in pairwise((key, known[key]) for key in keys):
        if low_value > high_value:
            yield Mistake(low, f"{low_value} is more than {high} ({high_value})")
    if known["service.maxReplicas"] > REPLICA_CAP:
        yield Mistake("service.maxReplicas", f"{known['service.maxReplicas']} is above the cap of {REPLICA_CAP}")
    if known["service.autoScaling"] is False and len({known[key] for key in keys}) > 1:
        yield Mistake("service.autoScaling", "is off, so minReplicas and maxReplicas must equal replicas")


RULES: tuple[Rule, ...] = (replicas_are_in_order,)
