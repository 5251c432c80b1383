"""A pack of another project needs the kernel and its own rules only."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from policy_packs.kernel.cases import check, discover_cases
from policy_packs.kernel.registry import Pack

FOREIGN = Path(__file__).with_name("foreign")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def pack(monkeypatch: pytest.MonkeyPatch) -> Pack:
    monkeypatch.syspath_prepend(str(FOREIGN))
    from shop_policies.pack import PACK  # noqa: PLC0415  # found by the path above

    pack: Pack = PACK
    return pack


def test_its_rules_are_discovered_in_written_order(pack: Pack) -> None:
    assert [policy.name for policy in pack.policies] == [
        "queue-must-be-encrypted",
        "queue-must-name-a-known-shop",
        "stack-must-have-a-dead-letter-queue",
    ]


def test_its_cases_hold(pack: Pack) -> None:
    import shop_policies  # noqa: PLC0415  # found by the path of the fixture

    assert check(pack, discover_cases(shop_policies)) == []


def test_the_case_runner_reports_what_does_not_hold(pack: Pack) -> None:
    import shop_policies  # noqa: PLC0415  # the same

    cases = discover_cases(shop_policies)
    encrypted = [case for case in cases if case.rule == "queue-must-be-encrypted"]
    wrong = [
        replace(encrypted[0], properties={}),
        replace(encrypted[-1], message="is on fire"),
        replace(encrypted[0], rule="queue-must-fly"),
    ]
    problems = check(pack, wrong)
    assert problems[0].startswith("queue-must-be-encrypted-Queue-0: expected no finding, got")
    assert problems[1].startswith("queue-must-be-encrypted-Queue-0: no finding contains 'is on fire'")
    assert problems[2] == "queue-must-fly-Queue-0: the pack has no rule queue-must-fly"
    assert "stack-must-have-a-dead-letter-queue: no case fails" in problems


def test_a_rule_that_waits_for_a_value_is_not_a_failing_case(pack: Pack) -> None:
    (rule,) = (policy for policy in pack.policies if policy.name == "queue-must-be-encrypted")
    import shop_policies  # noqa: PLC0415  # the same

    case = replace(discover_cases(shop_policies)[2], properties={"sqsManagedSseEnabled": "<unknown>"})
    assert "expected findings only" in str(case.mismatch(rule))


def test_it_imports_no_pack_of_this_platform() -> None:
    code = (
        "import sys; import shop_policies.pack, policy_packs.kernel.pack, policy_packs.kernel.cases\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in "
        "{'components', 'stacks', 'operations', 'rehearsal'} "
        "or (name.startswith('policy_packs.') and not name.startswith('policy_packs.kernel'))))"
    )
    path = f"{ROOT}:{ROOT / 'rehearsal' / 'src'}:{FOREIGN}"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": path}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
