"""Architecture diagram in the README: packages, program layers and targets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from stacks.layer_graph import layers

WIDTH, BOX, GAP, TOP = 980, (132, 40), (28, 18), 120
FONT = "font-family='Helvetica, Arial, sans-serif'"
FILLS = {"layer": "#e8f0fe", "tool": "#e6f4ea", "target": "#fef7e0"}


@dataclass(frozen=True)
class Box:
    """One labelled box; `x` and `y` are the upper left corner in pixels."""

    label: str
    note: str
    x: int
    y: int
    width: int
    fill: str

    def svg(self) -> str:
        """Return the box as SVG elements."""
        middle = self.x + self.width // 2
        return (
            f"<rect x='{self.x}' y='{self.y}' width='{self.width}' height='{BOX[1]}' rx='6' fill='{self.fill}' "
            f"stroke='#5f6368'/>"
            f"<text x='{middle}' y='{self.y + (18 if self.note else 25)}' {FONT} font-size='13' text-anchor='middle'>"
            f"{escape(self.label)}</text>"
            f"<text x='{middle}' y='{self.y + 32}' {FONT} font-size='10' fill='#5f6368' text-anchor='middle'>"
            f"{escape(self.note)}</text>"
        )


def columns(graph: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return the names of the layers in columns.

    The column of a layer is the length of its longest dependency path. In each column, layers that the next column
    needs come first, so that the long arrows of the other layers run below them.
    """
    depth: dict[str, int] = {}
    for layer, needs in graph.items():
        depth[layer] = 1 + max((depth[need] for need in needs), default=-1)
    by_column = [[layer for layer in graph if depth[layer] == column] for column in range(max(depth.values()) + 1)]
    return [sorted(names, key=lambda layer: _distance(graph, depth, layer)) for names in by_column]


def _distance(graph: Mapping[str, Sequence[str]], depth: Mapping[str, int], layer: str) -> int:
    """Return the distance in columns to the nearest layer that needs this one.

    If no layer needs this one, return the number of layers, which is greater than every distance.
    """
    return min((depth[other] - depth[layer] for other, needs in graph.items() if layer in needs), default=len(graph))


def diagram() -> str:
    """Return the whole diagram as SVG."""
    graph = layers()
    placed = _place(columns(graph))
    height = max(box.y for box in placed.values()) + BOX[1] + 130
    body = "\n".join((*_tools(), *_arrows(graph, placed), *(box.svg() for box in placed.values()), *_targets(height)))
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' role='img' "
        f"aria-label='Architecture of the Campus Safety Platform'>\n"
        "<defs><marker id='arrow' viewBox='0 0 8 8' refX='8' refY='4' markerWidth='7' markerHeight='7' orient='auto'>"
        "<path d='M0,0 L8,4 L0,8 z' fill='#9aa0a6'/></marker></defs>\n"
        f"<rect width='{WIDTH}' height='{height}' fill='white'/>\n{body}\n</svg>\n"
    )


def _place(by_column: Sequence[Sequence[str]]) -> dict[str, Box]:
    step = (WIDTH - 40 - BOX[0]) // (len(by_column) - 1)
    return {
        layer: Box(layer, "", 20 + column * step, TOP + row * (BOX[1] + GAP[1]), BOX[0], FILLS["layer"])
        for column, names in enumerate(by_column)
        for row, layer in enumerate(names)
    }


def _tools() -> Iterator[str]:
    tools = (
        ("Pulumi.<env>.yaml", "settings: values only"),
        ("pulumi", "one stack per environment"),
        ("policy packs", "tagging, cost, security"),
        ("ops", "day-2 work, dry run by default"),
        ("rehearse", "the cloud on one machine"),
    )
    width = (WIDTH - 40 - 4 * 20) // 5
    for index, (label, note) in enumerate(tools):
        yield Box(label, note, 20 + index * (width + 20), 20, width, FILLS["tool"]).svg()
    yield _caption(
        "The program in stacks/: each layer takes the outputs of earlier layers and creates components/", 105
    )


def _targets(height: int) -> Iterator[str]:
    targets = (
        ("AWS", "real: AWS · rehearsed: moto and patches"),
        ("Kubernetes (EKS)", "real: EKS · rehearsed: real API server, kwok nodes"),
        ("Vault and PostgreSQL", "real and rehearsed: real servers"),
    )
    yield _caption("Targets", height - 85)
    width = (WIDTH - 40 - 2 * 20) // 3
    for index, (label, note) in enumerate(targets):
        yield Box(label, note, 20 + index * (width + 20), height - 70, width, FILLS["target"]).svg()


def _caption(text: str, y: int) -> str:
    return f"<text x='20' y='{y}' {FONT} font-size='12' fill='#3c4043'>{escape(text)}</text>"


def _arrows(graph: Mapping[str, Sequence[str]], placed: Mapping[str, Box]) -> Iterator[str]:
    for layer, needs in graph.items():
        for need in needs:
            if _implied(graph, need, needs):
                continue
            start, end = placed[need], placed[layer]
            yield (
                f"<path d='M{start.x + start.width},{start.y + BOX[1] // 2} L{end.x},{end.y + BOX[1] // 2}' "
                "stroke='#9aa0a6' fill='none' marker-end='url(#arrow)'/>"
            )


def _implied(graph: Mapping[str, Sequence[str]], need: str, needs: Sequence[str]) -> bool:
    """Return True if one of the other dependencies in `needs` also depends on `need`.

    A direct arrow from `need` would then be redundant.
    """
    return any(need in graph[other] for other in needs)
