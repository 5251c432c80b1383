"""The layer graph matches the program."""

from pathlib import Path

from stacks.layer_graph import layers


def test_every_layer_comes_after_those_it_builds_on() -> None:
    graph = layers()
    order = list(graph)
    assert order[0] == "foundation"
    assert graph["foundation"] == ()
    for layer, earlier in graph.items():
        assert all(order.index(name) < order.index(layer) for name in earlier)


def test_arguments_by_keyword_count_and_other_calls_do_not(tmp_path: Path) -> None:
    program = tmp_path / "__main__.py"
    program.write_text(
        "from stacks.layers.a import a\nfrom stacks.layers.b import b\nfrom other import load\n"
        "settings = load()\nbase = a(settings)\nb(settings, base=base)\n"
    )
    assert layers(program) == {"a": (), "b": ("a",)}
