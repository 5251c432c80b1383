"""Requests that the data files describe, with names in braces."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from operations.iam.evaluation import Document, Request
from operations.iam.patterns import Context

OTHER_ACCOUNT: Final = "999988887777"


def filled(value: Any, names: Mapping[str, str]) -> Any:
    """Return a copy with the names in braces replaced, also in keys of mappings."""
    if isinstance(value, Mapping):
        return {key.format_map(names): filled(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, names) for item in value]
    return value.format_map(names) if isinstance(value, str) else value


def written_requests(
    data: Mapping[str, Any], role: str, names: Mapping[str, str], keys: Context
) -> Iterator[tuple[Request, Document | None]]:
    """Yield a request for each action and resource, with the resource policy.

    `role` is the ARN of the requester. `keys` are the condition keys of every request; `data` may add or replace
    some. The resource policy is None if `data` has none.
    """
    own = {key: tuple(values) for key, values in filled(data.get("context", {}), names).items()}
    policy = {"Statement": filled(data["policy"], names)} if "policy" in data else None
    for action in data["actions"]:
        for resource in filled(data["resources"], names):
            yield Request(role, action, resource, {**keys, **own}), policy
