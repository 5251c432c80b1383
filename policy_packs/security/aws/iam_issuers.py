"""Issuers of identity tokens: an allow-list, each with the owners of its subjects."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from policy_packs.kernel.context import Context, additional_entries
from policy_packs.kernel.data import Data, Text, read
from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security import patterns
from policy_packs.security.conditions import tested_texts
from policy_packs.security.iam_permissions import ROLE
from policy_packs.security.statements import allow_statements, label, principals

FILE = Path(__file__).parents[1] / "reviewed_identity_issuers.yaml"
ISSUER = r"[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]+)?(/[\w.~-]+)*"
OWNER = r"[^\s*?$]+[:/]"
"""Patterns of an issuer and of the beginning of subjects. Wildcards would include unreviewed names."""
ENTRY = rf"^{ISSUER} [^\s*?$]+ {OWNER}$"
"""Pattern of an entry of the setting: issuer, audience and owner, separated by spaces."""
# EKS gives every cluster an issuer of its own, so its subjects need no owner (EKS User Guide, "IAM roles for service
# accounts").
EKS = re.compile(r"oidc\.eks\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/id/[0-9A-Z]+")
GITHUB = "token.actions.githubusercontent.com"
# Everyone who can open a pull request can run code with this subject (GitHub Docs, "OpenID Connect reference").
PULL_REQUEST = "pull_request"
_NEXT_NAME = re.compile(r"[^:/*?$]+[:/]")


class ReviewedIssuer(Data):
    """Audience of an issuer's tokens, the owners of the subjects, and the reason."""

    audience: Text
    owners: Annotated[list[Annotated[str, StringConstraints(pattern=rf"^{OWNER}$")]], Field(min_length=1)]
    reason: Text


class ReviewedIssuers(Data):
    """Content of reviewed_identity_issuers.yaml."""

    issuers: Mapping[Annotated[str, StringConstraints(pattern=rf"^{ISSUER}$")], ReviewedIssuer]


def _read(file: Path) -> tuple[Mapping[str, ReviewedIssuer], tuple[str, ...]]:
    content, mistakes = read(file, ReviewedIssuers)
    return content.issuers if content else {}, mistakes


REVIEWED, MISTAKES = _read(FILE)
"""Reviewed issuers by name, and the mistakes in the file. The kernel refuses to judge while there are any."""


@rule(
    "iam-role-must-trust-reviewed-issuers",
    on=ROLE,
    severity=Severity.CRITICAL,
    settings={
        "issuers": additional_entries(
            "Further issuers that were reviewed, each with the reason; the name is the issuer, the audience and the "
            "owner of the subjects, such as gitlab.com sts.amazonaws.com project_path:campus/",
            ENTRY,
        )
    },
)
def reviewed_issuers(role: Resource, context: Context) -> Findings:
    """An issuer signs tokens for everyone who uses it, so a role must name its own issuer, owner and audience.

    A subject has wildcards only after the name that follows the owner, and it never is that of pull requests. Issuers
    of EKS clusters are left out, because each serves one cluster.
    """
    reviewed = _reviewed(context)
    for statement in allow_statements(role, "assumeRolePolicy"):
        for provider in principals(statement, "Federated"):
            issuer = provider.rpartition(":oidc-provider/")[2]
            if ":saml-provider/" not in provider and not EKS.fullmatch(issuer):
                for finding in _of_issuer(statement, issuer, reviewed):
                    yield f"{label(statement)} {finding}"


def _reviewed(context: Context) -> tuple[tuple[str, str, str], ...]:
    """Return the issuer, audience and owner of each reviewed entry."""
    entries = [tuple(name.split(" ")) for name in context.settings["issuers"]]
    listed = [(name, each.audience, owner) for name, each in REVIEWED.items() for owner in each.owners]
    return (*listed, *((issuer, audience, owner) for issuer, audience, owner in entries))


def _of_issuer(statement: Fields, issuer: str, reviewed: tuple[tuple[str, str, str], ...]) -> Iterator[str]:
    """Yield what a statement with an issuer lacks: review, subject or audience."""
    own = [(audience, owner) for name, audience, owner in reviewed if name == issuer]
    if not own:
        yield (
            f"trusts the issuer {issuer}, which is not in the list of reviewed issuers. Use a reviewed one, or add it "
            f"with the reason to policy_packs/security/{FILE.name}."
        )
        return
    owners = [owner for _, owner in own]
    if not any(all(_is_owned(each, owners) for each in values) for values in tested_texts(statement, f"{issuer}:sub")):
        yield (
            f"accepts subjects of {issuer} that are not limited to a name below {' or '.join(owners)}. Restrict "
            f"{issuer}:sub to such a name, and use no wildcard before its end."
        )
    elif issuer == GITHUB and _accepts_pull_requests(statement):
        yield (
            f"accepts tokens of pull requests, which run code of everyone who can open one. Restrict {issuer}:sub to "
            "an environment or a branch."
        )
    audiences = {audience for audience, _ in own}
    if not any(audiences.issuperset(values) for values in tested_texts(statement, f"{issuer}:aud")):
        yield (
            f"accepts tokens that {issuer} signed for another service. Add a condition on {issuer}:aud with the value "
            f"{' or '.join(sorted(audiences))}."
        )


def _is_owned(subject: str, owners: list[str]) -> bool:
    """Return True if a subject names something of an owner before any wildcard."""
    for owner in owners:
        rest = subject.removeprefix(owner)
        if rest != subject and "${" not in rest and (patterns.is_fixed(rest) or _NEXT_NAME.match(rest)):
            return True
    return False


def _accepts_pull_requests(statement: Fields) -> bool:
    """Return True if no test of the subject excludes pull requests."""
    return all(any(map(_may_be_of_pull_request, values)) for values in tested_texts(statement, f"{GITHUB}:sub"))


def _may_be_of_pull_request(subject: str) -> bool:
    """Return True if a pattern of subjects includes one of pull requests.

    The kind of a token follows the second colon. Without this colon, a wildcard covers every kind.
    """
    subject = patterns.without_variables(subject)
    kind = ":".join(subject.split(":")[2:])
    return patterns.matches(kind, PULL_REQUEST) if kind else not patterns.is_fixed(subject)
