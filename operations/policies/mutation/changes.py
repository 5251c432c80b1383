"""Mutants of one statement: copies of its syntax tree that differ in one place."""

import ast
import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

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
"""Replacements of each comparison operator: its negation and, for `<`, `<=`, `>` and `>=`, the operator that differs
only for equal values."""
NOT_JUDGED = frozenset(
    {"name", "rationale", "covers", "severity", "level", "fix", "alternative", "label", "note", "on"}
    | {
        "control",
        "subject",
        "description",
        "schema",
        "each",
        "name_pattern",
        "cap_name",
        "lifted_by",
        "encoding",
        "effect",
        "tightening",
    }
)
"""Parameters whose arguments are not mutated.

No case can detect a change of texts for readers, names or enforcement levels, and the engine checks schemas. The types
in `on` are mutated separately, as `Kind.TYPE`.
"""


class Kind(StrEnum):
    """Kind of a mutant."""

    CODE = "code"
    """A condition, comparison operator, filter or finding of a function."""
    CONSTANT = "constant"
    """A constant in a comparison, a returned Boolean, a looked-up key, or the value of a module's constant."""
    ARGUMENT = "argument"
    """An argument of a rule factory or of a helper, or the default of a setting."""
    TABLE = "table"
    """A member of a table, set, list or dictionary of a module."""
    TYPE = "type"
    """A resource type of a rule."""


@dataclass(frozen=True)
class Mutant:
    """A changed copy of a top-level statement of a module."""

    kind: Kind
    line: int
    change: str
    tree: ast.stmt


Parameters = Callable[[ast.expr], Sequence[str]]
"""Function that returns the parameter names of a called function, in order; none if the function is not known."""
_Change = tuple[Kind, str, ast.AST]


@dataclass(frozen=True)
class _Place:
    """An AST node, and the path to it from the statement that contains it.

    Each step of the path is a parent, a field and an index.
    """

    node: ast.AST
    path: tuple[tuple[ast.AST, str, int | None], ...] = ()

    def children(self) -> Iterator["_Place"]:
        for name, value in ast.iter_fields(self.node):
            for index, each in enumerate(value) if isinstance(value, list) else ((None, value),):
                if isinstance(each, ast.AST):
                    yield _Place(each, (*self.path, (self.node, name, index)))

    def replaced(self, new: ast.AST) -> ast.AST:
        """Return a copy of the whole statement with another node instead of this one.

        The copy shares unchanged nodes with the original.
        """
        if not hasattr(new, "lineno"):
            ast.copy_location(new, self.node)
        ast.fix_missing_locations(new)
        for parent, name, index in reversed(self.path):
            value = new if index is None else _replaced(getattr(parent, name), index, new)
            new = _with(parent, name, value)
        return new


def mutants(statement: ast.stmt, parameters: Parameters = lambda _: ()) -> Iterator[Mutant]:
    """Yield every mutant of a function, class or assignment.

    Mutants of a function or class that have equal syntax trees are yielded once. Annotations and texts for readers are
    left unchanged.
    """
    if _is_of_types(statement):
        return
    is_function = isinstance(statement, ast.FunctionDef | ast.ClassDef)
    seen = {ast.dump(statement)} if is_function else set()
    for place in _judged(_Place(statement), parameters):
        line = getattr(place.node, "lineno", getattr(statement, "lineno", 0))
        changes = _changes(place, parameters) if is_function else _definitions(place, parameters)
        for kind, change, new in changes:
            tree = place.replaced(new)
            # Two changes of a function may be the same, such as a negated `not` and a dropped one.
            dump = ast.dump(tree) if is_function else ""
            if dump not in seen:
                seen |= {dump} if is_function else set()
                assert isinstance(tree, ast.stmt)  # noqa: S101  # for the type checker
                yield Mutant(kind, line, change, tree)


def _judged(place: _Place, parameters: Parameters) -> Iterator[_Place]:
    """Yield the nodes of a statement whose change can affect the outcome of a case."""
    yield place
    for child in place.children():
        node, name = child.node, child.path[-1][1]
        if name in {"annotation", "returns"} or isinstance(node, ast.JoinedStr) or _is_prose(node) or _is_schema(node):
            continue
        if name == "decorator_list":
            yield from _of_settings(child, parameters)
        elif not (isinstance(place.node, ast.Call) and _parameter(place.node, child, parameters) in NOT_JUDGED):
            yield from _judged(child, parameters)


def _of_settings(decorator: _Place, parameters: Parameters) -> Iterator[_Place]:
    """Yield the nodes to change in the `settings` argument of a rule's decorator."""
    for child in decorator.children():
        if isinstance(child.node, ast.keyword) and child.node.arg == "settings":
            yield from _judged(child, parameters)


def _parameter(call: ast.Call, argument: _Place, parameters: Parameters) -> str:
    """Return the name of the parameter that receives an argument, or an empty text."""
    _, name, index = argument.path[-1]
    if isinstance(argument.node, ast.keyword):
        return argument.node.arg or ""
    names = parameters(call.func)
    return names[index] if name == "args" and index is not None and index < len(names) else ""


def _is_of_types(statement: ast.stmt) -> bool:
    """Return True if a statement defines a type alias or a type variable."""
    value = statement.value if isinstance(statement, ast.Assign) else None
    is_variable = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "TypeVar"
    return is_variable or isinstance(value, ast.Subscript)


def _is_prose(node: ast.AST) -> bool:
    """Return True for a docstring, or a text that ends with a full stop."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(".")


def _is_schema(node: ast.AST) -> bool:
    """Return True for a JSON schema of a setting, which the engine checks."""
    return isinstance(node, ast.Dict) and any(
        isinstance(key, ast.Constant) and key.value == "type" for key in node.keys
    )


def _is_phrase(node: ast.AST) -> bool:
    """Return True for a text of three words or more, which is part of a message."""
    text = node.value if isinstance(node, ast.Constant) else None
    return isinstance(text, str) and len(text.split()) >= 3  # noqa: PLR2004  # fewer words may be a pattern


def _changes(place: _Place, parameters: Parameters) -> Iterator[_Change]:
    """Yield the replacements of a node of a function, each with a description."""
    yield from _conditions(place.node)
    yield from _loops(place.node)
    yield from _expressions(place.node, parameters)


def _conditions(node: ast.AST) -> Iterator[_Change]:
    """Yield the changes of a test and of Boolean operators."""
    match node:
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield Kind.CODE, f"not ({ast.unparse(test)})", _with(node, "test", _negated(test))
        case ast.BoolOp(op=op, values=values):
            other: ast.boolop = ast.Or() if isinstance(op, ast.And) else ast.And()
            name = "or" if isinstance(other, ast.Or) else "and"
            yield Kind.CODE, f"{name}: {ast.unparse(node)}", _with(node, "op", other)
            for index, value in enumerate(values):
                rest = _without(values, index)
                new = rest[0] if len(rest) == 1 else _with(node, "values", rest)
                yield Kind.CODE, f"without: {ast.unparse(value)}", new
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield Kind.CODE, f"without not: {ast.unparse(operand)}", operand


def _expressions(node: ast.AST, parameters: Parameters) -> Iterator[_Change]:
    """Yield the changes of comparisons, calls, constants and findings."""
    match node:
        case ast.Compare():
            yield from _comparisons(node)
        case ast.Call():
            yield from _calls(node, parameters)
        case ast.keyword(arg=str() as name, value=value):
            for constant in _arguments(value):
                yield Kind.ARGUMENT, f"{name}={ast.unparse(constant)}", _with(node, "value", constant)
        case ast.Return(value=ast.Constant(value=bool() as value)):
            yield Kind.CONSTANT, f"return {not value}", _with(node, "value", ast.Constant(not value))
        case ast.Subscript(slice=ast.Constant(value=str() as key)):
            yield Kind.CONSTANT, f"[{key + '~'!r}]: {ast.unparse(node)}", _with(node, "slice", ast.Constant(f"{key}~"))
        case ast.Dict():
            yield from _members(node, Kind.TABLE)
        case ast.Yield() | ast.YieldFrom():
            yield Kind.CODE, f"without: {ast.unparse(node)}", ast.YieldFrom(ast.Tuple([], ast.Load()))


def _loops(node: ast.AST) -> Iterator[_Change]:
    """Yield the changes of a loop: members of a literal collection, and filters."""
    if isinstance(node, ast.For | ast.comprehension):
        for constant in _constants(node.iter):
            yield Kind.TABLE, f"for ... in {_short(constant)}", _with(node, "iter", constant)
    if isinstance(node, ast.comprehension):
        for index, test in enumerate(node.ifs):
            rest = _without(node.ifs, index)
            yield Kind.CODE, f"without: if {ast.unparse(test)}", _with(node, "ifs", rest)
            yield Kind.CODE, f"if not ({ast.unparse(test)})", _with(node, "ifs", [*rest, _negated(test)])


def _members(node: ast.AST, kind: Kind) -> Iterator[_Change]:
    """Yield copies of a literal collection without one of its members."""
    if isinstance(node, ast.Dict):
        for index, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):
            rest = _with(_with(node, "keys", _without(node.keys, index)), "values", _without(node.values, index))
            yield kind, f"without {_short(key) if key else '**' + _short(value)}", rest
    elif isinstance(node, ast.Tuple | ast.List | ast.Set):
        for index, member in enumerate(node.elts):
            if not _is_prose(member):
                yield kind, f"without {_short(member)}", _with(node, "elts", _without(node.elts, index))


def _comparisons(node: ast.Compare) -> Iterator[_Change]:
    for index, op in enumerate(node.ops):
        for other in NEGATED[type(op)]:
            change = f"{other.__name__}: {ast.unparse(node)}"
            yield Kind.CODE, change, _with(node, "ops", _replaced(node.ops, index, other()))
    for index, comparator in enumerate(node.comparators):
        for constant in _constants(comparator):
            change = f"{ast.unparse(constant)}: {ast.unparse(node)}"
            yield Kind.CONSTANT, change, _with(node, "comparators", _replaced(node.comparators, index, constant))
    for constant in _constants(node.left):
        yield Kind.CONSTANT, f"{ast.unparse(constant)}: {ast.unparse(node)}", _with(node, "left", constant)


def _calls(node: ast.Call, parameters: Parameters) -> Iterator[_Change]:
    if isinstance(node.func, ast.Name) and node.func.id in {"any", "all"}:
        name = "all" if node.func.id == "any" else "any"
        yield Kind.CODE, f"{name}: {ast.unparse(node)}", _with(node, "func", ast.Name(name, ast.Load()))
    names = parameters(node.func)
    for index, argument in enumerate(node.args):
        if (index < len(names) and names[index] in NOT_JUDGED) or _is_prose(argument) or _is_phrase(argument):
            continue
        if isinstance(argument, ast.Starred) and not isinstance(argument.value, ast.GeneratorExp):
            change = f"without {ast.unparse(argument)}: {ast.unparse(node)}"
            yield Kind.ARGUMENT, change, _with(node, "args", _without(node.args, index))
        for constant in _arguments(argument):
            change = f"{ast.unparse(constant)}: {ast.unparse(node)}"
            yield Kind.ARGUMENT, change, _with(node, "args", _replaced(node.args, index, constant))
    for index, keyword in enumerate(node.keywords):
        if keyword.arg not in NOT_JUDGED:
            change = f"without {ast.unparse(keyword)}: {ast.unparse(node)}"
            yield Kind.ARGUMENT, change, _with(node, "keywords", _without(node.keywords, index))


def _definitions(place: _Place, parameters: Parameters) -> Iterator[_Change]:
    """Yield the mutations of one AST node in a module-level assignment.

    Such an assignment defines a table, a constant, or a rule built by a factory (such as `value_rule`).
    """
    node = place.node
    in_call = any(isinstance(parent, ast.Call) for parent, _, _ in place.path)
    kind = Kind.ARGUMENT if in_call and not _is_wrapped(place) else Kind.TABLE
    match node:
        case ast.Dict() | ast.Tuple(ctx=ast.Load()) | ast.List(ctx=ast.Load()) | ast.Set():
            if not _is_unpacked(place):
                yield from _members(node, kind)
        case ast.Constant():
            yield from _values(place, kind)
        case ast.Name() if (
            kind is Kind.ARGUMENT and _is_constant(node) and isinstance(place.path[-1][0], ast.Call | ast.keyword)
        ):
            yield kind, f"None for {node.id}", ast.Constant(None)
        case ast.Compare() | ast.BoolOp() | ast.comprehension() | ast.IfExp():
            yield from _changes(place, parameters)


def _is_wrapped(place: _Place) -> bool:
    """Return True if every call around a node creates a table, as `frozenset` does."""
    calls = [parent for parent, _, _ in place.path if isinstance(parent, ast.Call)]
    return all(
        isinstance(call.func, ast.Name) and call.func.id in {"frozenset", "tuple", "dict", "set"} for call in calls
    )


def _values(place: _Place, kind: Kind) -> Iterator[_Change]:
    """Yield the changes of a constant.

    Dictionary keys and members of other collections are left out, because `_members` drops them.
    """
    parent, name, _ = place.path[-1]
    node = place.node
    assert isinstance(node, ast.Constant)  # noqa: S101  # for the type checker
    if isinstance(parent, ast.Tuple | ast.List | ast.Set) and not _is_unpacked(place):
        return
    if isinstance(parent, ast.Dict) and name == "keys":
        return
    if isinstance(node.value, str) and len(words := node.value.split(" ")) > 1:
        for index, word in enumerate(words):
            yield Kind.TABLE, f"without {word}", ast.Constant(" ".join(_without(words, index)))
        return
    if kind is Kind.TABLE and not isinstance(parent, ast.Dict):
        kind = Kind.CONSTANT
    for constant in _constants(node):
        target = f"{parent.arg}=" if isinstance(parent, ast.keyword) else ""
        yield kind, f"{target}{_short(constant)}", constant


def _is_unpacked(place: _Place) -> bool:
    return any(
        isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Tuple) for parent, _, _ in place.path
    )


def _constants(expression: ast.expr) -> Iterator[ast.expr]:
    """Yield a constant with another value, or a literal collection without one member.

    For any other expression, yield nothing.
    """
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
                changed.elts = _without(members, index)
                yield changed


def _arguments(expression: ast.expr) -> Iterator[ast.expr]:
    """Yield replacements of an argument: changed literals, or None for a constant."""
    yield from _constants(expression)
    if _is_constant(expression):
        yield ast.Constant(None)


def _is_constant(expression: ast.expr) -> bool:
    return isinstance(expression, ast.Name) and expression.id.isupper()


def _short(node: ast.AST) -> str:
    """Return the start of an expression's source."""
    text = ast.unparse(node)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004  # fits a line of the report


def _negated(test: ast.expr) -> ast.expr:
    return (
        test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else ast.UnaryOp(ast.Not(), test)
    )


def _with(node: ast.AST, name: str, value: object) -> ast.AST:
    changed = copy.copy(node)
    setattr(changed, name, value)
    return changed


def _without(values: Sequence[Any], index: int) -> list[Any]:
    return [*values[:index], *values[index + 1 :]]


def _replaced(values: Sequence[Any], index: int, value: object) -> list[Any]:
    return [*values[:index], value, *values[index + 1 :]]
