"""All packs of this repository, and the suite that serves them together."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import policy_packs
import pulumi_wire
import validation_messages
from policy_packs import cost, security, tagging
from policy_packs.cost.pack import PACK as COST
from policy_packs.kernel import pack as kernel
from policy_packs.kernel.cases import Case, discover_cases
from policy_packs.kernel.fingerprint import files_below, fingerprint
from policy_packs.kernel.registry import Pack, Policy, collect, rule_modules
from policy_packs.security.pack import PACK as SECURITY
from policy_packs.tagging.pack import PACK as TAGGING

DIRECTORY = Path(__file__).parent
EXEMPTIONS_FILE = DIRECTORY / "exemptions.yaml"
PACKS = (TAGGING, COST, SECURITY)
PACKAGES = (tagging, cost, security)
"""Python package of each pack."""
SUITE = Pack(
    name="campus-safety",
    version="0.1.0",
    description="The tagging, cost and security packs in one process",
    policies=(),
)


def serve(pack: Pack, *members: Pack) -> None:
    """Serve packs of this repository with its exemptions.

    Exemptions may name the rules of every pack.
    """
    kernel.serve(pack, *members, exemptions_file=EXEMPTIONS_FILE, known_rules=policies, sources=sources)


def sources() -> dict[str, str]:
    """Return a mapping of each pack's name to the fingerprint of the pack's source.

    A fingerprint covers the pack's own directory and everything that the packs share: the kernel, the exemptions and
    the two packages that the kernel imports.
    """
    shared: dict[str, Path] = {}
    for package in (policy_packs, pulumi_wire, validation_messages):
        shared.update(files_below(Path(package.__path__[0])))
    own = {
        pack.name: dict(files_below(Path(package.__path__[0]))) for pack, package in zip(PACKS, PACKAGES, strict=True)
    }
    of_packs = {path for files in own.values() for path in files.values()}
    shared = {name: path for name, path in shared.items() if path not in of_packs}
    return {name: fingerprint({**shared, **files}) for name, files in own.items()}


def policies() -> dict[str, Policy]:
    """Return all rules by name."""
    return {policy.name: policy for pack in PACKS for policy in pack.policies}


def modules() -> Iterator[tuple[Pack, str, tuple[Policy, ...]]]:
    """Yield every rule module: its pack, its name below `policy_packs`, its rules."""
    for pack, package in zip(PACKS, PACKAGES, strict=True):
        for module in rule_modules(package):
            yield pack, module.__name__.removeprefix("policy_packs."), collect(module)


@cache
def cases() -> tuple[Case, ...]:
    """Return the test cases of all rules."""
    return tuple(case for package in PACKAGES for case in discover_cases(package))
