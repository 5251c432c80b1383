"""Time that rules add to a preview: our policy kernel compared with the SDK.

`python -m benchmarks.policies [ENV] [RUNS]`.

The same 150 rules are written twice: for the kernel, and as ResourceValidationPolicy objects of the SDK. Each rule
reads properties of one of 30 resource types. The benchmark previews a flat program with 1,000 resources of these types,
in turn without a pack and with each pack, using the rehearsal's `pulumi` and an echo provider. Two more packs show the
limits: a pack without rules (the engine calls it twice per resource), and a pack with all 150 rules on every type.

Everything is measured twice: in a rehearsal, where a fork server starts programs and packs, and with fresh
interpreters. The targets apply to the rehearsal. The benchmark also measures the time until the three packs respond.
It prints wall time and processor time, because processor time varies less on a busy machine. With fresh interpreters,
processor time includes the engine, the program and the packs; in a rehearsal, it includes only the engine. An
environment must be up, for its language host and state backend: `ops rehearse up dev`.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import echo, run
from benchmarks.preview import PROJECT, seconds
from operations.rehearsing import PLATFORM, running_rehearsal
from rehearsal.cloud.names import secrets_provider
from rehearsal.language_host.fork_client import SOCKETS

RULES, RESOURCES, TYPES = 150, 1000, 30
TARGET_SECONDS = 2.5
"""Maximum number of seconds that the rules may add to a preview."""
TARGET_RATIO = 4
"""Minimum ratio of the time that the SDK's rules add to the time that the kernel's rules add."""
TARGET_START_SECONDS = 1.5
"""Maximum number of seconds until the three packs, served together, respond."""
STARTS = 5

PROGRAM = f"""
import pulumi

for number in range({RESOURCES}):
    pulumi.CustomResource(
        f"echo:index:Thing{{number % {TYPES}}}",
        f"thing-{{number}}",
        {{
            "number": number,
            "name": f"thing-{{number}}",
            "encrypted": True,
            "public": False,
            "tags": {{key: "some-value" for key in ("project", "environment", "team", "feature", "owner")}},
            "rules": [{{"protocol": "tcp", "fromPort": port, "cidrBlocks": ["10.0.0.0/8"]}} for port in range(5)],
        }},
    )
"""
KERNEL = """
from policy_packs.kernel.pack import serve
from policy_packs.kernel.registry import Pack, rule


def check(thing):
    \"\"\"It is a benchmark.\"\"\"
    if thing.flag("public") or thing["encrypted"] is not True or thing["tags.owner"] is None:
        yield "it is public, is not encrypted or has no owner"
    for each in thing.each("rules"):
        if "0.0.0.0/0" in each.texts("cidrBlocks"):
            yield "it is open to the world"


def on(number):
    return [f"echo:index:Thing{{each}}" for each in range({types}) if {everywhere} or each == number % {types}]


rules = tuple(rule(f"thing{{number}}-must-be-good", on=on(number))(check) for number in range({rules}))
serve(Pack("kernel", "0.0.1", "The same rules for the kernel", rules))
"""
PLAIN = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy


def check(kind):
    def validate(args, report_violation):
        if args.resource_type != kind:
            return
        thing = args.props
        if thing.get("public") or thing.get("encrypted") is not True or thing["tags"].get("owner") is None:
            report_violation("it is public, is not encrypted or has no owner")
        for each in thing["rules"]:
            if "0.0.0.0/0" in each["cidrBlocks"]:
                report_violation("it is open to the world")

    return validate


PolicyPack(
    name="plain",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[
        ResourceValidationPolicy(
            name=f"thing{{number}}-must-be-good",
            description="It is a benchmark.",
            validate=check(f"echo:index:Thing{{number % {types}}}"),
        )
        for number in range({rules})
    ],
)
"""


@dataclass(frozen=True)
class Spent:
    """Wall time and processor time of a command, in seconds."""

    wall: float
    processor: float

    def __str__(self) -> str:
        return f"{self.wall:.2f} s (processor {self.processor:.2f} s)"


def main(stack: Annotated[str, typer.Argument()] = "dev", runs: Annotated[int, typer.Argument()] = 3) -> None:
    """Print medians, differences and the ratio; exit with 1 if a target is missed."""
    rehearsal = running_rehearsal(stack)
    variables = rehearsal.environment(rehearsal.running())
    project = _project(rehearsal.home.root / "policies")
    packs = {
        "kernel": _pack(project / "kernel", KERNEL),
        "kernel, no rule": _pack(project / "kernel-none", KERNEL, rules=0),
        "kernel, all rules on all types": _pack(project / "kernel-all", KERNEL, everywhere=True),
        "plain": _pack(project / "plain", PLAIN),
    }
    with echo.running(rehearsal.home.root) as shims:
        path = f"{shims}{os.pathsep}{variables['PATH']}"
        warm = {**os.environ, **variables, "PATH": path, "PYTHONPATH": str(PLATFORM)}
        warm.pop("PULUMI_OPTION_POLICY_PACK", None)  # the platform's own packs are not measured
        fresh = {name: value for name, value in warm.items() if name != SOCKETS}
        engine = str(rehearsal.home.bin / "pulumi")
        if not (project / f"Pulumi.{stack}.yaml").exists():
            seconds([engine, "stack", "init", stack, "--secrets-provider", secrets_provider()], project, warm)
        preview = [engine, "preview", "--stack", stack, "--non-interactive"]
        print(f"{RULES} rules on {RESOURCES} resources of {TYPES} types, {runs} runs each")
        added, ratio = _compared("in a rehearsal", packs, runs, lambda more: _spent([*preview, *more], project, warm))
        _compared("with fresh interpreters", packs, runs, lambda more: _spent([*preview, *more], project, fresh))
    print(
        f"target in a rehearsal: the kernel adds at most {TARGET_SECONDS} s, and the SDK "
        f"at least {TARGET_RATIO} times as much"
    )
    started = statistics.median(_start(fresh) for _ in range(STARTS))
    print(f"the three packs respond after {started:.2f} s (target: at most {TARGET_START_SECONDS} s)")
    kept = added <= TARGET_SECONDS and ratio >= TARGET_RATIO and started <= TARGET_START_SECONDS
    raise typer.Exit(int(not kept))


def _compared(
    title: str, packs: Mapping[str, Path], runs: int, preview: Callable[[list[str]], Spent]
) -> tuple[float, float]:
    """Print the seconds that each pack adds to a preview.

    Return the seconds that the kernel adds, and the ratio of the SDK's seconds to them.
    """
    taken: dict[str, list[Spent]] = {"none": [], **{name: [] for name in packs}}
    for _ in range(runs):
        taken["none"].append(preview([]))
        for name, pack in packs.items():
            taken[name].append(preview(["--policy-pack", str(pack)]))
    medians = {name: _median(times) for name, times in taken.items()}
    none = medians.pop("none")
    added = {name: Spent(each.wall - none.wall, each.processor - none.processor) for name, each in medians.items()}
    print(f"{title}, no packs: {none}")
    for name, more in added.items():
        print(f"  {name}: {medians[name]}, adds {more}")
    ratio = added["plain"].wall / added["kernel"].wall
    print(f"  the same rules written with the SDK add {ratio:.1f} times as much as with the kernel")
    return added["kernel"].wall, ratio


def _spent(command: list[str], directory: Path, environment: Mapping[str, str]) -> Spent:
    before = _processor_seconds()
    return Spent(seconds(command, directory, environment), _processor_seconds() - before)


def _processor_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _median(times: Sequence[Spent]) -> Spent:
    return Spent(statistics.median(each.wall for each in times), statistics.median(each.processor for each in times))


def _project(project: Path) -> Path:
    project.mkdir(exist_ok=True)
    (project / "Pulumi.yaml").write_text(PROJECT.format(virtualenv=sys.prefix).replace("floor", "policies"))
    (project / "__main__.py").write_text(PROGRAM)
    return project


def _pack(directory: Path, program: str, *, rules: int = RULES, everywhere: bool = False) -> Path:
    directory.mkdir(exist_ok=True)
    (directory / "PulumiPolicy.yaml").write_text(
        f"version: 0.0.1\nruntime:\n  name: python\n  options: {{virtualenv: {sys.prefix}}}\n"
    )
    (directory / "__main__.py").write_text(program.format(rules=rules, types=TYPES, everywhere=everywhere))
    return directory


def _start(environment: Mapping[str, str]) -> float:
    """Return the seconds until the packs' process prints its port."""
    began = time.monotonic()
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(PLATFORM / "policy_packs")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=dict(environment)) as process:
        assert process.stdout is not None
        process.stdout.readline()
        took = time.monotonic() - began
        process.terminate()
    return took


if __name__ == "__main__":
    run(main)
