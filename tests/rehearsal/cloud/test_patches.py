"""Changes to other libraries can be taken back, and are refused when there is nothing to change."""

import pytest

from rehearsal.cloud.patches import Patches


class Parent:
    def greet(self) -> str:
        return "hello"


class Child(Parent):
    pass


def test_everything_is_taken_back_in_reverse() -> None:
    table = {"kept": 1, "changed": 2}
    with Patches() as patches:
        patches.wrap(Parent, "greet", lambda original: lambda self: original(self) + "!")
        patches.wrap(Parent, "greet", lambda original: lambda self: original(self) + "?")
        patches.wrap(Child, "greet", lambda original: lambda self: original(self).upper())
        patches.add(Parent, "extra", 1)
        patches.update(table, {"changed": 3, "added": 4})
        assert Child().greet() == "HELLO!?"
        assert table == {"kept": 1, "changed": 3, "added": 4}
    assert (Parent().greet(), Child().greet()) == ("hello", "hello")
    assert "greet" not in vars(Child)
    assert not hasattr(Parent, "extra")
    assert table == {"kept": 1, "changed": 2}


def test_what_does_not_exist_can_not_be_replaced() -> None:
    with pytest.raises(AttributeError, match=r"Parent\.leave does not exist any more"):
        Patches().replace(Parent, "leave", None)


def test_what_exists_can_not_be_added() -> None:
    with pytest.raises(AttributeError, match=r"Parent\.greet exists by now; drop our own"):
        Patches().add(Parent, "greet", None)
