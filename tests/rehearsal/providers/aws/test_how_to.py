"""The example in `rehearsal/docs/add-an-aws-type.md` works as printed."""

import re
from pathlib import Path
from typing import Any

import pytest

from rehearsal.providers.aws import AwsProvider
from rehearsal.providers.aws.compiled import CompiledType
from rehearsal.providers.schema import SdkSchemas
from tests.rehearsal.providers.aws.conformance.cycle import Cycle
from tests.rehearsal.providers.aws.lifecycle import LifecycleCase

PAGE = Path(__file__).parents[4] / "rehearsal" / "docs" / "add-an-aws-type.md"


@pytest.fixture
def blocks() -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def test_example_declaration_passes_its_lifecycle_case(
    blocks: list[str], engine: Any, deps: Any, client: Any, tmp_path: Path
) -> None:
    declaration, case = blocks
    namespace: dict[str, Any] = {"LifecycleCase": LifecycleCase}
    exec(declaration, namespace)  # noqa: S102  # code of the page
    table = engine.configured._provider._table
    extended = {**table, **{token: entry for entry in namespace["TYPES"] for token in entry.tokens}}
    provider = AwsProvider(extended, SdkSchemas("aws", tmp_path))
    engine.configured = provider.configure({"region": "us-east-1"})
    lifecycle: LifecycleCase = eval(case, namespace)  # noqa: S307  # code of the page
    compiled = provider.compiled(lifecycle.token)
    assert isinstance(compiled, CompiledType)
    observations = Cycle(lifecycle, engine, deps, compiled, client).run()
    assert [observation for observation in observations if observation.problem] == []
    resource = engine.create(lifecycle.token, **lifecycle.inputs(deps))
    assert resource.outputs["arn"].endswith(":log-group:/campus/base:log-stream:app")


def test_page_names_only_existing_fields(blocks: list[str]) -> None:
    table = (PAGE.parents[1] / "src" / "rehearsal" / "providers" / "aws" / "table.py").read_text("utf-8")
    rows = re.findall(r"^\| [^|]+ \| ([^|]+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)[2:]
    fields = {name for row in rows for name in re.findall(r"\b([a-z]+(?:_[a-z]+)+)\b", row)}
    assert blocks
    assert {name for name in fields if f"    {name}: " not in table} <= {"added_and_removed", "moto_patches"}
