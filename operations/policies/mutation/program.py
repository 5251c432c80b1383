"""Statements of the policy packs, and the rules that each of them can affect."""

import ast
import importlib
import inspect
import pkgutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path
from types import CodeType, ModuleType

import policy_packs
from operations.policies.mutation.changes import Mutant, mutants
from policy_packs.kernel.registry import Policy

NO_RULES = frozenset({"kernel", "__main__", "pack", "sdk", "table", "catalogue", "iam_access_levels"})
"""Components of dotted module names. Modules with one of them read data or serve the packs, but judge no resource."""


@dataclass(frozen=True, eq=False)
class Statement:
    """A statement at the top of a module, such as a function, a rule or a table."""

    module: str
    position: int
    """Position in the module."""
    node: ast.stmt
    names: tuple[str, ...]
    """Names that it defines."""

    def __str__(self) -> str:
        return f"{self.module.removeprefix('policy_packs.')}.{self.names[0]}"


@dataclass
class _Source:
    """A parsed module: its statements, and the origin of its imported names."""

    module: ModuleType
    statements: list[Statement] = field(default_factory=list)
    by_name: dict[str, list[Statement]] = field(default_factory=lambda: defaultdict(list))
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Origin of each imported name: its module, and its name in that module or an empty text for a whole module."""


class UnloadableError(Exception):
    """A changed statement raises an error when its module is imported."""


class Program:
    """The statements of the packs and their dependencies on each other."""

    def __init__(self) -> None:
        modules = _modules()
        self._sources = {module.__name__: _parsed(module, set(modules)) for module in modules.values()}
        self._codes: dict[Statement, CodeType] = {}

    @property
    def statements(self) -> Iterator[Statement]:
        """All statements that define a name, by module."""
        return (statement for source in self._sources.values() for statement in source.statements)

    def file(self, statement: Statement) -> Path:
        """Return the file of a statement."""
        return Path(str(self._sources[statement.module].module.__file__))

    def policy(self, statement: Statement) -> Policy | None:
        """Return the rule that a statement defines, or None."""
        value = vars(self._sources[statement.module].module)[statement.names[0]]
        return value if isinstance(value, Policy) else None

    def rules(self, statement: Statement) -> frozenset[str]:
        """Return the names of the rules that a statement can affect."""
        return frozenset(policy.name for each in self.dependents(statement) if (policy := self.policy(each)))

    def mutants(self, statement: Statement) -> Iterator[Mutant]:
        """Yield the mutants of a statement."""
        return mutants(statement.node, lambda function: self.parameters(statement, function))

    def parameters(self, statement: Statement, function: ast.expr) -> Sequence[str]:
        """Return the parameter names of a function or class that a statement calls.

        The result is empty for an attribute (such as a method), a built-in function and a class from outside the packs.
        """
        names = vars(self._sources[statement.module].module)
        value = names.get(function.id) if isinstance(function, ast.Name) else None
        if inspect.isfunction(value) or (inspect.isclass(value) and _is_own(value)):
            return tuple(inspect.signature(value).parameters)
        return ()

    def dependents(self, statement: Statement) -> Sequence[Statement]:
        """Return a statement and its direct and indirect users, in the order of execution."""
        found, waiting = {statement}, [statement]
        while waiting:
            for user in self._users[waiting.pop()] - found:
                found.add(user)
                waiting.append(user)
        return sorted(found, key=lambda each: (self._order[each.module], each.position))

    def changed(self, statement: Statement, tree: ast.stmt) -> Mapping[str, Policy]:
        """Return the rules that a changed statement affects, by their original names.

        Only the statement and its dependents run, in copies of their modules' namespaces. The packs stay as they are.

        Raises:
            UnloadableError: the changed statement, or one that uses it, raises an error.
        """
        changed = _compiled(tree, self.file(statement))
        spaces: dict[str, ModuleType] = {}
        rules: dict[str, Policy] = {}
        dependents = self.dependents(statement)
        by_module = defaultdict(list)
        for each in dependents:
            by_module[each.module].append(each)
        for name in self._order:
            imported = {key: origin for key, origin in self._sources[name].imported.items() if origin[0] in spaces}
            if not imported and name not in by_module:
                continue
            space = ModuleType(name)
            vars(space).update(vars(self._sources[name].module))
            for key, (origin, attribute) in imported.items():
                vars(space)[key] = vars(spaces[origin])[attribute] if attribute else spaces[origin]
            spaces[name] = space
            for each in by_module[name]:
                _run(changed if each is statement else self._code(each), space)
                if policy := self.policy(each):
                    rules[policy.name] = vars(space)[each.names[0]]
        return rules

    def _code(self, statement: Statement) -> CodeType:
        if statement not in self._codes:
            self._codes[statement] = _compiled(statement.node, self.file(statement))
        return self._codes[statement]

    @cached_property
    def _order(self) -> Mapping[str, int]:
        """Position of each module, in an order that puts imported modules first."""
        graph = {
            name: {origin for origin, _ in source.imported.values()} - {name} for name, source in self._sources.items()
        }
        return {name: position for position, name in enumerate(TopologicalSorter(graph).static_order())}

    @cached_property
    def _users(self) -> Mapping[Statement, set[Statement]]:
        """Direct users of each statement."""
        users: dict[Statement, set[Statement]] = defaultdict(set)
        for user in self.statements:
            for name, attribute in _uses(user.node):
                for used in self._defining(user.module, name, attribute):
                    users[used].add(user)
        return users

    def _defining(self, module: str, name: str, attribute: str) -> Sequence[Statement]:
        """Return the statements that define a name, or an attribute of an imported module."""
        source = self._sources[module]
        if name in source.by_name:
            return source.by_name[name]
        if name not in source.imported:
            return ()
        origin, original = source.imported[name]
        return self._defining(origin, original or attribute, "" if not original else attribute)


def _modules() -> dict[str, ModuleType]:
    names = [each.name for each in pkgutil.walk_packages(policy_packs.__path__, "policy_packs.")]
    return {name: importlib.import_module(name) for name in names if not set(name.split(".")) & NO_RULES}


def _parsed(module: ModuleType, modules: set[str]) -> _Source:
    source = _Source(module)
    for position, node in enumerate(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8")).body):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if f"{node.module}.{alias.name}" in modules:
                    source.imported[alias.asname or alias.name] = f"{node.module}.{alias.name}", ""
                elif node.module in modules:
                    source.imported[alias.asname or alias.name] = node.module, alias.name
        elif names := _defined(node):
            statement = Statement(module.__name__, position, node, names)
            source.statements.append(statement)
            for name in names:
                source.by_name[name].append(statement)
    return source


def _defined(node: ast.stmt) -> tuple[str, ...]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return (node.name,)
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return tuple(each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name))


def _uses(node: ast.stmt) -> Iterator[tuple[str, str]]:
    """Yield each name that a statement reads, with the attribute read from it if any."""
    for each in ast.walk(node):
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
            yield each.value.id, each.attr
        elif isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load):
            yield each.id, ""


def _is_own(value: type) -> bool:
    """Return True if the packs define a class and it is not an exception."""
    return value.__module__.startswith("policy_packs.") and not issubclass(value, Exception)


def _run(code: CodeType, space: ModuleType) -> None:
    try:
        exec(code, vars(space))  # noqa: S102  # code of this repository with one place changed
    except Exception as error:
        raise UnloadableError(space.__name__) from error


def _compiled(node: ast.stmt, file: Path) -> CodeType:
    return compile(ast.Module([node], []), str(file), "exec", dont_inherit=True)
