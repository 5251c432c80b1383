"""Kinds of objects: rules judge the object that the provider creates."""

from policy_packs.kernel.kubernetes_lists import states_another_type
from policy_packs.kernel.registry import ANY_TYPE, Findings, Severity, rule
from policy_packs.kernel.resource import Resource


@rule("k8s-objects-must-match-their-type", on=ANY_TYPE, severity=Severity.CRITICAL)
def matching_types(resource: Resource) -> Findings:
    """The provider creates the object that `apiVersion` and `kind` state, but rules are chosen by the resource's type.

    An object that states another kind than its type would be judged by the wrong rules, or by none.
    """
    if states_another_type(resource):
        stated = " ".join(each for each in (resource.text("apiVersion"), resource.text("kind")) if each)
        yield (
            f"The resource is of type {resource.type}, but its object states {stated or 'no kind'}. Create the object "
            "with the resource type of its kind."
        )
