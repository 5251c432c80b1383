"""`ops generate`: files of this repository that are generated from code."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

PROJECT = Path(__file__).resolve().parents[1]
REFERENCE = Path("docs", "reference")

Check = Annotated[bool, typer.Option("--check", help="Write nothing; exit with 1 if a file is not current.")]
Content = Mapping[Path, str]
"""Text by path relative to the repository."""


@dataclass(frozen=True)
class Generator:
    """A source of generated files."""

    name: str
    produce: Callable[[], Content]
    owned: str = ""
    """Glob of the files that this generator alone writes. Matching files that it no longer produces are removed."""


def generate(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit with 1 if a file is not current.")
    ] = False,
) -> None:
    """Write every generated file: JSON Schema, reference pages and diagrams."""
    outdated = list(_outdated(PROJECT, check=check))
    for path in outdated:
        verb = "outdated" if check else "wrote" if (PROJECT / path).exists() else "removed"
        typer.echo(f"{verb}: {path}")
    if check and outdated:
        typer.echo("run `ops generate` and commit the result", err=True)
        raise typer.Exit(1)
    if not outdated:
        typer.echo("every generated file is current")


def generators() -> tuple[Generator, ...]:
    """Return all generators.

    The requirement table needs an engine and has its own verb, `ops requirements`.
    """
    return (
        Generator("settings schema", _settings_schema),
        Generator("architecture diagram", _architecture),
        Generator("actions of the pipeline", _program_actions),
        Generator("access matrix", _access),
        Generator("policy reference", _policies, owned="docs/reference/policies/*.md"),
        Generator("moto patches", _moto_patches),
        Generator("refused requests", _refusals),
        Generator("conformance of emulated types", _conformance),
    )


def _outdated(project: Path, *, check: bool) -> Iterator[Path]:
    """Yield the files that differ from what the code produces.

    Write them unless this is a check.
    """
    for generator in generators():
        content = generator.produce()
        for path, text in content.items():
            target = project / path
            if target.exists() and target.read_text(encoding="utf-8") == text:
                continue
            if not check:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
            yield path
        for path in sorted(project.glob(generator.owned)) if generator.owned else ():
            if path.relative_to(project) not in content:
                if not check:
                    path.unlink()
                yield path.relative_to(project)


def _settings_schema() -> Content:
    from stacks.schema import text  # noqa: PLC0415  # `ops --help` must stay fast

    return {Path("schemas", "settings.schema.json"): text()}


def _architecture() -> Content:
    from operations.architecture import diagram  # noqa: PLC0415  # `ops --help` must stay fast

    return {Path("docs", "architecture.svg"): diagram()}


def _program_actions() -> Content:
    from operations.bootstrap.boundary import PROGRAM_ACTIONS  # noqa: PLC0415  # `ops --help` must stay fast
    from operations.bootstrap.program_actions import document  # noqa: PLC0415  # the same

    return {PROGRAM_ACTIONS.relative_to(PROJECT): document()}


def _access() -> Content:
    from operations.access.page import page  # noqa: PLC0415  # the same
    from operations.access.verb import matrices  # noqa: PLC0415  # `ops --help` must stay fast

    return {REFERENCE / "access.md": page(matrices())}


def _policies() -> Content:
    from operations.policies.page import generate as pages  # noqa: PLC0415  # `ops --help` must stay fast

    return pages()


def _moto_patches() -> Content:
    from rehearsal.cloud.moto_patches.page import page  # noqa: PLC0415  # `ops --help` must stay fast

    return {REFERENCE / "moto-patches.md": page()}


def _refusals() -> Content:
    from rehearsal.cloud.refusals.page import page  # noqa: PLC0415  # `ops --help` must stay fast

    return {REFERENCE / "refusals.md": page()}


def _conformance() -> Content:
    from operations.conformance.page import page  # noqa: PLC0415  # `ops --help` must stay fast

    return {REFERENCE / "conformance.md": page()}
