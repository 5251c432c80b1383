"""Fixtures for the real servers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.home import Home
from rehearsal.processes import Supervisor


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path, "dev")
    home.make()
    return home


@pytest.fixture
def supervisor(home: Home) -> Iterator[Supervisor]:
    supervisor = Supervisor(home)
    yield supervisor
    supervisor.stop_all(timeout=0)
