"""Patch classes change the classes of another library and can be reverted."""

from typing import ClassVar

import pytest
from typing_extensions import override

from rehearsal.cloud.patches import Patches


class Greeter:
    def greet(self) -> str:
        return "hello"


class LoudGreeter(Greeter):
    pass


class Exclaiming(Greeter):
    original: ClassVar[type[Greeter]]
    extra: int = 1

    @override
    def greet(self) -> str:
        return Exclaiming.original.greet(self) + "!"


class Asking(Greeter):
    original: ClassVar[type[Greeter]]

    @override
    def greet(self) -> str:
        return Asking.original.greet(self) + "?"


class Shouting(LoudGreeter):
    original: ClassVar[type[LoudGreeter]]

    @override
    def greet(self) -> str:
        return Shouting.original.greet(self).upper()


def test_everything_is_undone_in_reverse() -> None:
    table = {"kept": 1, "changed": 2}
    with Patches() as patches:
        for patch_class in (Exclaiming, Asking, Shouting):
            patches.install(patch_class)
        patches.update(table, {"changed": 3, "added": 4})
        assert LoudGreeter().greet() == "HELLO!?"
        assert vars(Greeter)["extra"] == 1
        assert table == {"kept": 1, "changed": 3, "added": 4}
    assert (Greeter().greet(), LoudGreeter().greet()) == ("hello", "hello")
    assert "greet" not in vars(LoudGreeter)
    assert not hasattr(Greeter, "extra")
    assert table == {"kept": 1, "changed": 2}


def test_an_installed_class_is_not_installed_twice() -> None:
    with Patches() as patches:
        patches.install(Exclaiming)
        with Patches() as again:
            again.install(Exclaiming)
            assert Greeter().greet() == "hello!"
        assert Greeter().greet() == "hello!"
    assert Greeter().greet() == "hello"


def test_static_methods_and_properties_are_replaced() -> None:
    class Library:
        @staticmethod
        def double(number: int) -> int:
            return 2 * number

        @property
        def name(self) -> str:
            return "library"

    class Patched(Library):
        original: ClassVar[type[Library]]

        @staticmethod
        @override
        def double(number: int) -> int:
            return Patched.original.double(number) + 1

        @property
        @override
        def name(self) -> str:
            return "patched"

    with Patches() as patches:
        patches.install(Patched)
        assert (Library.double(2), Library().name) == (5, "patched")
    assert (Library.double(2), Library().name) == (4, "library")


def test_a_method_that_does_not_exist_can_not_be_replaced() -> None:
    class Leaving(Greeter):
        original: ClassVar[type[Greeter]]

        @override
        def leave(self) -> None: ...  # type: ignore[misc]  # the mistake under test

    with pytest.raises(AttributeError, match=r"Greeter\.leave no longer exists"):
        Patches().install(Leaving)
    with pytest.raises(AttributeError, match=r"Greeter\.leave no longer exists"):
        Patches().replace(Greeter, "leave", None)


def test_a_method_that_exists_can_not_be_added() -> None:
    class Repeating(Greeter):
        original: ClassVar[type[Greeter]]

        def greet(self) -> str:
            return "hello"

    with pytest.raises(AttributeError, match=r"Greeter\.greet now exists in the library"):
        Patches().install(Repeating)
