"""The program's imports go on without the garbage collector, and what comes after them with it."""

import ast
import gc
from collections.abc import Iterator

import pytest

from stacks.collector import ALLOCATIONS, collector_paused
from stacks.graph import PROGRAM


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """The collector is the process's: leave it to other tests as they know it."""
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


def test_nothing_is_collected_while_the_program_is_imported() -> None:
    with collector_paused():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_was_imported_is_in_no_later_collection() -> None:
    module_like = {"a": ["module"]}
    assert any(each is module_like for each in gc.get_objects())
    with collector_paused():
        pass
    assert not any(each is module_like for each in gc.get_objects())


def test_garbage_of_the_running_program_still_goes_though_less_often() -> None:
    with collector_paused():
        pass
    garbage: list[object] = []
    garbage.append(garbage)
    del garbage
    assert gc.collect() >= 1
    assert gc.get_threshold()[0] == ALLOCATIONS


def test_where_imports_fail_the_collector_is_as_it_was() -> None:
    before = gc.get_threshold(), gc.get_freeze_count()
    with pytest.raises(ImportError), collector_paused():
        raise ImportError
    assert (gc.get_threshold(), gc.get_freeze_count()) == before
    assert gc.isenabled()


def test_the_program_imports_everything_in_the_pause() -> None:
    tree = ast.parse(PROGRAM.read_text(encoding="utf-8"))
    outside = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in outside] == ["from stacks.collector import collector_paused"]
    (pause,) = [node for node in tree.body if isinstance(node, ast.With)]
    assert all(isinstance(node, ast.ImportFrom) for node in pause.body)
