"""Architecture diagram in the README."""

from xml.etree import ElementTree as ET

from operations.architecture import columns, diagram
from operations.generate import PROJECT
from stacks.layer_graph import layers


def test_the_diagram_shows_every_layer_and_is_current() -> None:
    text = (PROJECT / "docs" / "architecture.svg").read_text(encoding="utf-8")
    assert text == diagram(), "run `ops generate` and commit the result"
    labels = {element.text for element in ET.fromstring(text).iter("{http://www.w3.org/2000/svg}text")}  # noqa: S314  # our own file
    assert set(layers()) <= labels


def test_a_layer_is_right_of_the_layers_it_needs() -> None:
    graph = layers()
    column_of = {layer: index for index, names in enumerate(columns(graph)) for layer in names}
    assert all(column_of[need] < column_of[layer] for layer, needs in graph.items() for need in needs)
