"""Dependencies between layers, read from the program's source."""

import ast
from collections.abc import Mapping
from pathlib import Path

PROGRAM = Path(__file__).with_name("__main__.py")
LAYERS = "stacks.layers."


def layers(program: Path = PROGRAM) -> Mapping[str, tuple[str, ...]]:
    """Return the layers in deployment order, each with the layers that it uses."""
    tree = ast.parse(program.read_text(encoding="utf-8"))
    layer_functions = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(LAYERS)
        for alias in node.names
    }
    producer: dict[str, str] = {}
    graph: dict[str, tuple[str, ...]] = {}
    for node in tree.body:
        call = node.value if isinstance(node, ast.Assign | ast.Expr) else None
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in layer_functions):
            continue
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        graph[call.func.id] = tuple(
            producer[argument.id]
            for argument in arguments
            if isinstance(argument, ast.Name) and argument.id in producer
        )
        if isinstance(node, ast.Assign):
            producer |= {target.id: call.func.id for target in node.targets if isinstance(target, ast.Name)}
    return graph
