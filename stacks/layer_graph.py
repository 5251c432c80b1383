"""Which layer of an environment builds on which, read off the program itself, so that it can never be out of date."""

import ast
from collections.abc import Mapping
from pathlib import Path

PROGRAM = Path(__file__).with_name("__main__.py")
LAYERS = "stacks.layers."


def layers(program: Path = PROGRAM) -> Mapping[str, tuple[str, ...]]:
    """The layers in the order in which they are built, each with the earlier ones whose outputs it takes."""
    tree = ast.parse(program.read_text(encoding="utf-8"))
    known = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(LAYERS)
        for alias in node.names
    }
    made_by: dict[str, str] = {}
    graph: dict[str, tuple[str, ...]] = {}
    for node in tree.body:
        call = node.value if isinstance(node, ast.Assign | ast.Expr) else None
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in known):
            continue
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        graph[call.func.id] = tuple(
            made_by[argument.id] for argument in given if isinstance(argument, ast.Name) and argument.id in made_by
        )
        if isinstance(node, ast.Assign):
            made_by |= {target.id: call.func.id for target in node.targets if isinstance(target, ast.Name)}
    return graph
