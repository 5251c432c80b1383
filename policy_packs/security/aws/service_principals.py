"""Service principals: the services of AWS that policies may name."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints

from policy_packs.kernel.context import Context, additional_entries
from policy_packs.kernel.data import Data, Text, read
from policy_packs.kernel.registry import ANY_TYPE, Findings, rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.property_texts import AWS_TYPES, statements_with_principals
from policy_packs.security.statements import label

FILE = Path(__file__).parents[1] / "reviewed_service_principals.yaml"
NAME = r"^[a-z0-9-]+(\.([a-z0-9-]+|\{region\}))*\.amazonaws\.com$"
"""Pattern of a service principal. It has no wildcards, because they would include unreviewed services."""
REGION = r"[a-z]{2}(-[a-z]+)+-[0-9]"


class ReviewedServices(Data):
    """Content of reviewed_service_principals.yaml: the source by service principal."""

    services: Mapping[Annotated[str, StringConstraints(pattern=NAME)], Text]


def _read(file: Path) -> tuple[Mapping[str, str], tuple[str, ...]]:
    content, mistakes = read(file, ReviewedServices)
    return content.services if content else {}, mistakes


REVIEWED, MISTAKES = _read(FILE)
"""Sources by service principal, and the mistakes in the file. The kernel refuses to judge while there are any."""


@rule(
    "policy-must-name-reviewed-services",
    on=ANY_TYPE,
    settings={
        "services": additional_entries(
            "Further service principals that were reviewed, each with the reason; {region} stands for a region", NAME
        )
    },
)
def reviewed_services(resource: Resource, context: Context) -> Findings:
    """A service that nobody reviewed may act for others, and a misspelt name in a Deny statement denies nothing."""
    if not resource.type.startswith(AWS_TYPES):
        return
    reviewed = (*REVIEWED, *context.settings["services"])
    for statement in statements_with_principals(resource):
        for element in ("Principal", "NotPrincipal"):
            principal = statement[element]
            for service in principal.texts("Service") if isinstance(principal, Fields) else ():
                if not is_named(service, reviewed):
                    yield (
                        f"{label(statement)} names the service {service}, which is not in the list of reviewed "
                        "services. Correct the name, or, if a review shows that the service may act on the resource, "
                        f"add it with the source of its name to policy_packs/security/{FILE.name}. A policy "
                        "configuration may add it to the setting `services` of this rule in dev and staging only."
                    )


def is_named(service: str, names: Iterable[str]) -> bool:
    """Return True if a service principal is one of the names.

    In a name, {region} stands for a region.
    """
    return any(re.fullmatch(re.escape(each).replace(r"\{region\}", REGION), service) for each in names)
