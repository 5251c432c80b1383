"""Facts about SDKs in the packs, checked against the installed SDKs."""

import re
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from policy_packs import catalogue
from policy_packs.kernel.registry import ANY_TYPE, Pack, ResourceRule
from policy_packs.kernel.resource import Reader, Resource
from policy_packs.security.resource_types import REASONS
from policy_packs.security.vault.lifetimes import TTL_PROPERTIES
from policy_packs.tagging import sdk
from tests.policy_packs.sdk_types import CUSTOM, NOT_INSTALLED, PROVIDERS, unknown_part

ROOT = Path(__file__).parents[2]
OF_PROVIDERS = ("allowedAccountIds", "defaultTags")
"""Properties that rules read from the resource's provider, not from the resource."""


def package(name: str) -> Path:
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def test_packs_import_neither_an_sdk_of_resources_nor_a_client_of_a_cloud() -> None:
    code = (
        "import sys, policy_packs.cost.pack, policy_packs.security.pack, policy_packs.tagging.pack\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not {"pulumi_aws", "pulumi_kubernetes", "pulumi_vault", "boto3"} & set(done.stdout.split())


def test_taggable_types_are_those_of_the_installed_sdk() -> None:
    assert sdk.TAGGABLE_FILE.read_text(encoding="utf-8") == sdk.document(), (
        "run python -m policy_packs.tagging.sdk and commit taggable.json"
    )


@cache
def type_tokens() -> frozenset[str]:
    tokens: set[str] = set()
    for name in ("pulumi_aws", "pulumi_kubernetes", "pulumi_vault"):
        for file in package(name).rglob("*.py"):
            tokens.update(re.findall(r'type_token\("([^"]+)"\)', file.read_text(encoding="utf-8")))
    return frozenset(tokens)


def test_every_type_that_a_rule_is_on_exists(packs: Mapping[str, Pack]) -> None:
    used = {
        kind
        for pack in packs.values()
        for policy in pack.policies
        if isinstance(policy, ResourceRule)
        for kind in policy.on
    }
    assert used - type_tokens() - {ANY_TYPE} == CUSTOM


def test_every_reviewed_type_exists() -> None:
    engines = {each for each in REASONS if each.startswith("pulumi:")}
    assert set(REASONS) - type_tokens() - engines == set()
    assert engines == {"pulumi:pulumi:StackReference"}


def test_every_vault_role_has_the_property_that_is_said_to_bound_it() -> None:
    sources = [file.read_text(encoding="utf-8") for file in package("pulumi_vault").rglob("*.py")]
    for kind, bound in TTL_PROPERTIES.items():
        (source,) = [text for text in sources if f'type_token("{kind}")' in text]
        # A name of one word is the same in Python and in Pulumi, so its getter has no explicit name.
        assert f'@pulumi.getter(name="{bound}")' in source or f"def {bound}(self)" in source


def test_every_property_that_a_rule_reads_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt property is always missing.

    A rule that reads such a property never has a finding, or blocks everything.
    """
    reads: set[tuple[str, str]] = set()
    find = Reader._find

    def traced(self: Reader, path: str) -> Any:
        reads.add((self.type if isinstance(self, Resource) else "", self._full_path(path)))
        return find(self, path)

    monkeypatch.setattr(Reader, "_find", traced)
    rules = catalogue.policies()
    readers: dict[tuple[str, str], set[str]] = {}
    for case in catalogue.cases():
        reads.clear()
        case.judge(rules[case.rule])
        for holder, path in reads:
            if ":" in path.partition(".")[0]:
                continue  # a key of the stack's configuration, not a property
            if kind := case.type or holder:
                readers.setdefault((case.rule, path), set()).add(kind)
    missing = {
        f"{rule} reads {path}, which {', '.join(sorted(kinds))} does not have"
        for (rule, path), kinds in readers.items()
        if not path.startswith(OF_PROVIDERS)
        and not kinds & (CUSTOM | PROVIDERS | NOT_INSTALLED)
        and all(unknown_part(kind, path) for kind in kinds)
    }
    assert not missing


@pytest.mark.parametrize(
    ("path", "unknown"),
    [
        ("publiclyAccessible", None),
        ("publiclyAccesible", "publiclyAccesible"),
        ("restoreToPointInTime.restoreTime", None),
        ("restoreToPointInTime.restoreTyme", "restoreTyme"),
        ("tags.anything.at.all", None),
    ],
)
def test_a_misspelt_property_is_noticed(path: str, unknown: str | None) -> None:
    assert unknown_part("aws:rds/instance:Instance", path) == unknown
