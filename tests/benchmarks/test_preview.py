"""The preview benchmark compares like with like and says where the time goes."""

from pathlib import Path

import pytest

from benchmarks.preview import PACKS, TARGET, Run, floor_environment, median, report
from rehearsal.language_host.fork_client import SOCKETS

PREVIEW = {PACKS: "packs", SOCKETS: "/run/sockets", "GOGC": "400", "PATH": "/rehearsal/bin:/usr/bin"}


def test_the_floor_has_the_tuning_of_the_preview_but_no_packs() -> None:
    floor = floor_environment(PREVIEW, Path("/echo"))
    assert PACKS not in floor
    assert {name: floor[name] for name in (SOCKETS, "GOGC")} == {SOCKETS: "/run/sockets", "GOGC": "400"}
    assert floor["PATH"] == "/echo:/rehearsal/bin:/usr/bin"


def test_the_report_states_the_ratio_and_every_part() -> None:
    preview, without_packs, floor = Run(6, 2.5, 1.25, 3.5), Run(5, 2.5, 1.25, 3), Run(2, 0.5, 0, 1.5)
    assert report("prod", preview, without_packs, floor) == [
        f"prod: preview 6.00 s, engine's floor with the same tuning 2.00 s, ratio 3.00 (target: at most {TARGET})",
        "policies: 1.00 s (a preview without packs takes 5.00 s)",
        "preview: program 2.50 s of processor time, providers busy 1.25 s, engine 3.50 s of processor time",
        "floor: program 0.50 s of processor time, providers busy 0.00 s, engine 1.50 s of processor time",
    ]


@pytest.mark.parametrize("odd", [0, 1, 2])
def test_one_slow_run_does_not_change_the_median(odd: int) -> None:
    runs = [Run(2, 1, 0.5, 1.5)] * 3
    runs[odd] = Run(90, 80, 70, 60)
    assert median(runs) == Run(2, 1, 0.5, 1.5)
