"""Resource types that the installed SDKs declare, and values for them."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from policy_packs import catalogue
from policy_packs.kernel.registry import Registry
from pulumi_wire.markers import SECRET, SIGNATURE, UNKNOWN_SENTINELS
from rehearsal.providers.schema import PropertySchema, ResourceSchema, SdkSchemas, ValueType

CACHE = Path(__file__).parents[2] / ".rehearsal" / "cache"
CUSTOM = frozenset(
    f"kubernetes:argoproj.io/v1alpha1:{kind}{suffix}"
    for kind in ("AppProject", "Application", "Rollout")
    for suffix in ("", "Patch")
)
"""Custom resources, which have no class in any SDK."""
PROVIDERS = frozenset({"pulumi:providers:kubernetes", "pulumi:providers:vault"})
"""Provider types of the engine, which only their own SDKs describe."""
NOT_INSTALLED = frozenset({"aws-native:sqs:QueuePolicy"})
"""Types of SDKs that the platform does not use."""
DEEPEST = 5
"""Maximum nesting depth of generated objects. A limit is necessary, because some types contain themselves."""
WORDS = (
    "Allow",
    "*",
    "0.0.0.0/0",
    "::/0",
    "tcp",
    "-1",
    "ingress",
    "db.t3.large",
    "72h",
    '{"Statement": [1]}',
    "[]",
    "",
)

registry = Registry(catalogue.policies().values())
"""Registry with the rules of all packs."""


@cache
def _schemas(package: str) -> SdkSchemas:
    return SdkSchemas(package, CACHE)


def schema(token: str) -> ResourceSchema:
    """Return the SDK's declaration of a type."""
    return _schemas(token.partition(":")[0]).get(token)


def kinds() -> list[str]:
    """Return the types that have rules and that an SDK describes."""
    return sorted(registry.resource_types - CUSTOM - PROVIDERS)


def secret(value: Any) -> dict[str, Any]:
    """Return a value in the form in which the engine sends secrets."""
    return {SIGNATURE: SECRET, "value": value}


texts = st.one_of(st.sampled_from(WORDS), st.text(max_size=8))
unknowns = st.sampled_from(sorted(UNKNOWN_SENTINELS))
strangers = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), texts, st.just([]), st.just({}))
"""Values of any type, because a property may not have the type that the SDK declares."""


def properties(token: str) -> st.SearchStrategy[dict[str, Any]]:
    """Draw properties of a resource, some unknown, secret or of the wrong type."""
    declared = schema(token)
    shapes = {**declared.outputs, **declared.inputs}
    chosen = st.lists(st.sampled_from(sorted(shapes)), max_size=8, unique=True)
    return chosen.flatmap(lambda names: st.fixed_dictionaries({name: values(shapes[name], 0) for name in names}))


def values(shape: PropertySchema, depth: int) -> st.SearchStrategy[Any]:
    """Draw values of one property, mostly of the declared type."""
    fitting = _fitting(shape, depth)
    return st.one_of(fitting, fitting, fitting, unknowns, fitting.map(secret), strangers)


def _fitting(shape: PropertySchema, depth: int) -> st.SearchStrategy[Any]:
    match shape.type:
        case ValueType.BOOLEAN:
            return st.booleans()
        case ValueType.INTEGER | ValueType.NUMBER:
            return st.one_of(st.integers(-1, 70_000), st.floats(allow_nan=False, allow_infinity=False))
        case ValueType.LIST | ValueType.MAP if shape.item is not None and depth < DEEPEST:
            inner = st.deferred(lambda: values(shape.item or shape, depth + 1))
            return (
                st.lists(inner, max_size=3)
                if shape.type is ValueType.LIST
                else st.dictionaries(texts, inner, max_size=3)
            )
        case ValueType.OBJECT if shape.fields and depth < DEEPEST:
            chosen = st.lists(st.sampled_from(sorted(shape.fields)), max_size=5, unique=True)
            return chosen.flatmap(
                lambda names: st.fixed_dictionaries({name: values(shape.fields[name], depth + 1) for name in names})
            )
        case _:
            return texts


def unknown_part(token: str, path: str) -> str | None:
    """Return the first part of a property path that the type does not have, or None."""
    declared = schema(token)
    shape = PropertySchema(ValueType.OBJECT, fields={**declared.outputs, **declared.inputs})
    for part in path.split("."):
        match shape.type:
            case ValueType.OBJECT if part not in shape.fields:
                return part
            case ValueType.OBJECT:
                shape = shape.fields[part]
            case ValueType.LIST | ValueType.MAP if shape.item is not None:
                shape = shape.item
            case _:
                return None  # inside a document or a free-form value, which the SDK does not describe
    return None


def leaves(value: Any) -> Iterator[str]:
    """Yield every text in a value."""
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from leaves(item)
    if isinstance(value, str):
        yield value
