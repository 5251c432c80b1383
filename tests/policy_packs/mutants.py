"""Deliberate small mistakes in a function's syntax tree.

Each mutant differs from the original in one place.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

NEGATED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Lt: (ast.GtE, ast.LtE),
    ast.LtE: (ast.Gt, ast.Lt),
    ast.Gt: (ast.LtE, ast.GtE),
    ast.GtE: (ast.Lt, ast.Gt),
}
"""Replacements of each comparison operator.

Each operator has its negation; an ordering also has the operator that differs only for equal operands (`<` and `<=`).
"""


@dataclass(frozen=True)
class Mutant:
    """A changed copy of a top-level statement."""

    line: int
    what: str
    tree: ast.stmt


def mutants(statement: ast.stmt) -> Iterator[Mutant]:
    """Yield every mutant of a function or class, each syntax tree once.

    Decorators and annotations are left unchanged.
    """
    seen = {ast.dump(statement)}
    for position, node in enumerate(ast.walk(statement)):
        for number, (what, _) in enumerate(_changes(node)):
            tree = copy.deepcopy(statement)
            twin = next(each for index, each in enumerate(ast.walk(tree)) if index == position)
            changed = _put(tree, twin, list(_changes(twin))[number][1])
            if changed and (dump := ast.dump(tree)) not in seen:
                seen.add(dump)
                yield Mutant(getattr(node, "lineno", 0), what, ast.fix_missing_locations(tree))


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield the replacements of a node, each with a description."""
    match node:
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield f"not ({ast.unparse(test)})", _with(node, "test", _negated(test))
        case ast.comprehension(ifs=[_, *_] as tests):
            for index, test in enumerate(tests):
                rest = [*tests[:index], *tests[index + 1 :]]
                yield f"without: if {ast.unparse(test)}", _with(node, "ifs", rest)
                yield f"if not ({ast.unparse(test)})", _with(node, "ifs", [*rest, _negated(test)])
        case ast.Compare():
            yield from _comparisons(node)
        case ast.BoolOp(op=op, values=values):
            other: ast.boolop = ast.Or() if isinstance(op, ast.And) else ast.And()
            yield f"{'or' if isinstance(other, ast.Or) else 'and'}: {ast.unparse(node)}", _with(node, "op", other)
            for index, value in enumerate(values):
                rest = [*values[:index], *values[index + 1 :]]
                yield f"without: {ast.unparse(value)}", rest[0] if len(rest) == 1 else _with(node, "values", rest)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield f"without not: {ast.unparse(operand)}", operand
        case ast.Call(func=ast.Name(id="any" | "all" as name)):
            other_name = "all" if name == "any" else "any"
            yield f"{other_name}: {ast.unparse(node)}", _with(node, "func", ast.Name(other_name, ast.Load()))
        case ast.Yield() | ast.YieldFrom():
            yield f"without: {ast.unparse(node)}", ast.YieldFrom(ast.Tuple([], ast.Load()))


def _comparisons(node: ast.Compare) -> Iterator[tuple[str, ast.AST]]:
    for index, op in enumerate(node.ops):
        for other in NEGATED[type(op)]:
            yield f"{other.__name__}: {ast.unparse(node)}", _with(node, "ops", _replaced(node.ops, index, other()))
    for index, comparator in enumerate(node.comparators):
        for constant in _constants(comparator):
            yield (
                f"{ast.unparse(constant)}: {ast.unparse(node)}",
                _with(node, "comparators", _replaced(node.comparators, index, constant)),
            )
    for constant in _constants(node.left):
        yield f"{ast.unparse(constant)}: {ast.unparse(node)}", _with(node, "left", constant)


def _constants(expression: ast.expr) -> Iterator[ast.expr]:
    """Yield variants of a literal: another value, or a collection without one member."""
    match expression:
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() | float() as value):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str() as value):
            yield ast.Constant(f"{value}~")
        case ast.Set(elts=members) | ast.Tuple(elts=members) | ast.List(elts=members) if len(members) > 1:
            for index in range(len(members)):
                changed = copy.copy(expression)
                changed.elts = [*members[:index], *members[index + 1 :]]
                yield changed


def _negated(test: ast.expr) -> ast.expr:
    return (
        test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else ast.UnaryOp(ast.Not(), test)
    )


def _with(node: ast.AST, field: str, value: object) -> ast.AST:
    changed = copy.copy(node)
    setattr(changed, field, value)
    return changed


def _replaced(values: list[ast.expr] | list[ast.cmpop], index: int, value: ast.AST) -> list[ast.AST]:
    return [*values[:index], value, *values[index + 1 :]]


def _put(tree: ast.AST, old: ast.AST, new: ast.AST) -> bool:
    """Replace `old` with `new` in a syntax tree.

    Returns False, without a change, if `old` is not part of the function's behaviour.
    """
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if field in {"decorator_list", "annotation", "returns"}:
                if any(each is old for part in _listed(value) for each in ast.walk(part)):
                    return False
            elif value is old:
                setattr(parent, field, new)
                return True
            elif isinstance(value, list) and any(each is old for each in value):
                value[next(index for index, each in enumerate(value) if each is old)] = new
                return True
    return False


def _listed(value: object) -> list[ast.AST]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, ast.AST)]
