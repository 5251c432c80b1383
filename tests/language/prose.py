"""Find prose that breaks the language rules of CONTRIBUTING.md.

`python -m tests.language.prose [DIRECTORY]` prints every finding and the counts.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = (
    "components",
    "stacks",
    "validation_messages",
    "policy_packs",
    "operations",
    "rehearsal",
    "benchmarks",
    "tests",
    "tools",
)
MAX_HEADLINE = 80
CLAUSE_WORDS = (
    *("How", "That", "What(ever)?", "When(ever)?", "Where(ver)?"),
    *("Whether", "Which", "Who(ever)?", "Whom", "Whose", "Why"),
)
SKIPPED = {".venv", ".tools", ".rehearsal", "__pycache__", "build"}
"""Directories that hold no prose of this project."""

SPACE = r"(?:[^\S\n]+|[^\S\n]*\n[^\S\n]*(?:#+[^\S\n]*)?)"
"""Regular expression for the space between two words, which may contain a line break and the `#` of a comment."""

BANNED: dict[str, str] = {
    r"\bis no [a-z]": "write “is not a …” or “there is no …”",
    r"\bare no [a-z]": "write “are not …” or “there are no …”",
    r"\bso many\b": "say how many",
    r"\bfor so long\b": "say how long",
    r"\bwhence\b": "write “from where”",
    r"\bdearest\b": "write “most expensive”",
    r"\bmend(s|ed|ing)?\b": "write “repair” or “fix”",
    r"\bnobody is told of\b": "write “no alarm on …”",
    r"\b(is|are|was|were) told\b": "say who reports what to whom",
    r"\bwhoever\b": "name the person or role",
    r"\bwhom\b": "name the person or role",
    r"\bhalf-made\b": "write “partially created”",
    r"\bstand-ins?\b": "write “emulated provider”",
    r"\bhouse rules?\b": "write “audit device and policies”",
    r"\bfront door\b": "write “load balancer”",
    r"\bwarm interpreter\b": "write “fork server”",
    r"\btherein\b|\bthereby\b|\bhereby\b|\bwherein\b|\bhence\b": "use a short modern word",
    r"\bbe it\b|\blest\b|\bsave for\b": "use a short modern word",
    r"\bat hand\b": "write “available” or name it",
    r"\bhalf-way\b": "write “halfway” or “partially”",
    r"\bwhat is no\b": "write “what is not”",
    r"\bknows nothing of\b": "write “does not import” or “does not depend on”",
    r"\btoo dear\b": "write “too expensive”",
    r"\bnothing to object\b": "write “no findings”",
}
"""Patterns of banned phrases, each with what to write instead."""
QUOTING = re.compile(r"docs/reference/(requirements-source|renamed-terms)\.md$")
"""Files that are not searched, because they quote the requirements or former names."""
ALLOWED_PHRASES = (
    *(r"\bthere (is|are) no\b", r"\bis no longer\b", r"\bare no longer\b", r"\bis no more than\b"),
    r"\b[a-z0-9-]+-must-[a-z0-9-]+\b",
)
ALLOWED = re.compile("|".join(ALLOWED_PHRASES).replace(" ", SPACE), re.IGNORECASE)
"""Text that is removed before the search, because banned patterns match it although it is allowed.

It consists of plain English phrases and names of policy rules.
"""
RULE_DECORATORS = {"rule", "stack_rule"}
"""Decorators of policy rules, whose docstring is the reason that users read: one or two sentences."""
VALUE = "{}"
"""Text that stands for the value of an expression in an f-string."""


@dataclass(frozen=True)
class Finding:
    """A passage of the prose, and the language rule that it breaks."""

    place: str
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.rule}: {self.text}"


def files(root: Path, *suffixes: str) -> Iterator[Path]:
    """Yield the project's files with one of the suffixes, in order."""
    for path in sorted(root.rglob("*")):
        if path.suffix in suffixes and not SKIPPED & set(path.relative_to(root).parts) and path.is_file():
            yield path


def headlines(root: Path) -> Iterator[Finding]:
    """Yield headlines of docstrings that are clauses or too long.

    Attribute docstrings (strings that follow an assignment) must not be clauses either. Their length is not limited,
    because most consist of one or two sentences on one line.
    """
    for folder in CODE:
        for path in files(root / folder, ".py"):
            yield from _headlines(path, path.relative_to(root))


def phrases(root: Path) -> Iterator[Finding]:
    """Yield banned phrases in docstrings, comments, strings, Markdown and settings.

    A phrase is found even if a line break or the quotation marks of adjacent strings divide it.
    """
    for path in files(root, ".py", ".md", ".yaml", ".toml"):
        name = str(path.relative_to(root))
        if name.startswith("tests/language/") or QUOTING.search(name):
            continue
        source = path.read_text(encoding="utf-8")
        for start, text in _prose(source) if path.suffix == ".py" else [(1, source)]:
            yield from _banned(name, start, text)


def subject_problems(subject: str) -> Iterator[str]:
    """Yield the mistakes in the subject of a commit."""
    if len(subject) > 72:  # the convention of Git itself
        yield "longer than 72 characters"
    if not re.match(r"[a-z][a-z0-9_/, -]*: [a-z0-9`.]", subject):
        yield "not `area: verb object`"
    if subject.endswith("."):
        yield "ends with a period"


def _headlines(path: Path, name: Path) -> Iterator[Finding]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if text := ast.get_docstring(node):
            headline = text.splitlines()[0]
            place = f"{name}:{getattr(node, 'lineno', 1)}"
            yield from _clause(place, headline)
            if len(headline) > MAX_HEADLINE and not _is_policy_rule(node):
                yield Finding(place, f"headline is longer than {MAX_HEADLINE} characters", headline)
        for line, text in _attribute_docstrings(node.body):
            yield from _clause(f"{name}:{line}", text)


def _clause(place: str, headline: str) -> Iterator[Finding]:
    if re.match(rf"({'|'.join(CLAUSE_WORDS)})\b", headline, re.IGNORECASE):
        yield Finding(place, "headline is a clause", headline)


def _attribute_docstrings(body: Sequence[ast.stmt]) -> Iterator[tuple[int, str]]:
    """Yield strings that follow an assignment, each with its line."""
    for before, node in pairwise(body):
        if isinstance(before, ast.Assign | ast.AnnAssign) and isinstance(node, ast.Expr):
            match node.value:
                case ast.Constant(value=str(text)):
                    yield node.lineno, text.strip()


def _is_policy_rule(node: ast.AST) -> bool:
    calls = [each.func for each in getattr(node, "decorator_list", []) if isinstance(each, ast.Call)]
    return any(isinstance(function, ast.Name) and function.id in RULE_DECORATORS for function in calls)


def _prose(source: str) -> Iterator[tuple[int, str]]:
    """Yield the comments and strings of a module, each with its first line."""
    yield from _comments(source)
    # The tokenizer of Python 3.12 splits f-strings. The parser does not, and it joins adjacent strings.
    tree = ast.parse(source)
    joined = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    parts = {id(part) for text in joined for part in text.values}
    for text in joined:
        yield text.lineno, "".join(_text(part) for part in text.values)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield node.lineno, node.value


def _text(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else VALUE


def _comments(source: str) -> Iterator[tuple[int, str]]:
    """Yield comments; a comment on its own line continues the comment above it."""
    start, lines = 0, list[str]()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        if token.start[0] == start + len(lines) and token.line.lstrip().startswith("#"):
            lines.append(token.string)
            continue
        if lines:
            yield start, "\n".join(lines)
        start, lines = token.start[0], [token.string]
    if lines:
        yield start, "\n".join(lines)


def _banned(name: str, start: int, text: str) -> Iterator[Finding]:
    """Yield the banned phrases of a text whose first line is `start`."""
    searched = ALLOWED.sub(lambda match: re.sub(r"[^\n]", "\0", match[0]), text)
    for pattern, advice in BANNED.items():
        for match in re.finditer(pattern.replace(" ", SPACE), searched, re.IGNORECASE):
            before = text.count("\n", 0, match.start())
            phrase = " ".join(match[0].replace("#", "").split())
            yield Finding(f"{name}:{start + before}", f"“{phrase}”: {advice}", text.splitlines()[before].strip()[:120])


def main(root: Path) -> int:
    """Print all findings and their counts; return the exit code."""
    found = {"docstring headlines": list(headlines(root)), "banned phrases": list(phrases(root))}
    for findings in found.values():
        for finding in findings:
            print(finding)  # noqa: T201  # a report
    for kind, findings in found.items():
        print(f"{kind}: {len(findings)}")  # noqa: T201  # the same
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT))
