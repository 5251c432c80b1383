"""Read the present resources of an account, and apply actions to them."""

from collections.abc import Callable, Mapping, Sequence

from operations.bootstrap import buckets, identity, keys, tables
from operations.bootstrap.cloud import AwsClients, ResourceHandler
from operations.bootstrap.plan import Action, Attributes, Change, Resource, ResourceKind, plan

HANDLERS: Mapping[ResourceKind, ResourceHandler] = {
    ResourceKind.KEY: keys.KEY,
    ResourceKind.KEY_COPY: keys.KEY_COPY,
    ResourceKind.BUCKET: buckets.BUCKET,
    ResourceKind.TABLE: tables.TABLE,
    ResourceKind.PROVIDER: identity.PROVIDER,
    ResourceKind.POLICY: identity.POLICY,
    ResourceKind.ROLE: identity.ROLE,
}


def read_account(clients: AwsClients, resources: Sequence[Resource]) -> dict[str, Attributes | None]:
    """Return the present attributes of each resource by label; None if missing.

    Changes nothing in the account.
    """
    return {resource.label: HANDLERS[resource.kind].find(clients, resource) for resource in resources}


def apply_action(clients: AwsClients, action: Action, report: Callable[[str], None]) -> None:
    """Create or repair one resource, and report each step before it starts.

    A resource is read after its creation, and only the attributes that then still differ are set.
    """
    handler, resource = HANDLERS[action.resource.kind], action.resource
    if action.change is Change.CREATE:
        report(f"create {resource.label}")
        handler.create(clients, resource)
        (action,) = plan([resource], {resource.label: handler.find(clients, resource)})
    for attribute in action.attributes:
        if attribute in handler.setters:
            report(f"set {attribute} of {resource.label}")
            handler.setters[attribute](clients, resource)
