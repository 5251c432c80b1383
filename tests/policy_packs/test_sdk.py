"""What packs say about SDKs without importing them is true of the SDKs that are installed."""

import re
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from policy_packs.kernel.registry import Pack, Rule
from policy_packs.security.rules_vault import BOUNDS
from policy_packs.tagging import sdk

ROOT = Path(__file__).parents[2]
# Custom resources have no class in any SDK.
CUSTOM = frozenset({"kubernetes:argoproj.io/v1alpha1:Rollout", "kubernetes:argoproj.io/v1alpha1:RolloutPatch"})


def package(name: str) -> Path:
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def test_packs_import_neither_an_sdk_of_resources_nor_a_client_of_a_cloud() -> None:
    code = (
        "import sys, policy_packs.cost.__main__, policy_packs.security.__main__, policy_packs.tagging.__main__\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not {"pulumi_aws", "pulumi_kubernetes", "pulumi_vault", "boto3"} & set(done.stdout.split())


def test_taggable_types_are_those_of_the_installed_sdk() -> None:
    assert sdk.TAGGABLE_FILE.read_text(encoding="utf-8") == sdk.document(), (
        "run python -m policy_packs.tagging.sdk and commit taggable.json"
    )


def test_every_type_that_a_rule_is_on_exists(packs: Mapping[str, Pack]) -> None:
    tokens: set[str] = set()
    for name in ("pulumi_aws", "pulumi_kubernetes", "pulumi_vault"):
        for file in package(name).rglob("*.py"):
            tokens.update(re.findall(r'type_token\("([^"]+)"\)', file.read_text(encoding="utf-8")))
    used = {
        kind for pack in packs.values() for policy in pack.policies if isinstance(policy, Rule) for kind in policy.on
    }
    assert used - tokens == CUSTOM


def test_every_vault_role_has_the_property_that_is_said_to_bound_it() -> None:
    sources = [file.read_text(encoding="utf-8") for file in package("pulumi_vault").rglob("*.py")]
    for kind, bound in BOUNDS.items():
        (source,) = [text for text in sources if f'type_token("{kind}")' in text]
        assert f'@pulumi.getter(name="{bound}")' in source
