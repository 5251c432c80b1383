"""The journal records finished operations and counts running ones."""

import threading
from pathlib import Path

from rehearsal.providers.journal import Journal, JournalEvent
from rehearsal.providers.protocol import Urn

URN = Urn("urn:pulumi:dev::campus::campus:network:Vpc$aws:ec2/vpc:Vpc::main")


def test_finished_operations_can_be_read_back_by_another_process(tmp_path: Path) -> None:
    Journal(tmp_path / "journal.jsonl").record(JournalEvent.CREATE, URN, "vpc-1")
    (entry,) = Journal(tmp_path / "journal.jsonl").entries()
    assert (entry.event, entry.type, entry.id) == (JournalEvent.CREATE, "aws:ec2/vpc:Vpc", "vpc-1")


def test_a_line_cut_off_by_a_crash_is_ignored(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    journal.record(JournalEvent.CREATE, URN, "vpc-1")
    with journal.path.open("a") as file:
        file.write('{"event":"cre')
    assert [entry.id for entry in journal.entries()] == ["vpc-1"]


def test_an_empty_journal_has_no_entries(tmp_path: Path) -> None:
    assert Journal(tmp_path / "journal.jsonl").entries() == ()


def test_many_threads_write_whole_lines(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")

    def write() -> None:
        for number in range(50):
            journal.record(JournalEvent.CREATE, URN, f"vpc-{number}")

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(journal.entries()) == 400


def test_operations_in_flight_are_counted_until_they_end(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    with journal.operation():
        assert journal.in_flight == 1
        assert not journal.wait_idle(timeout=0.01)
    assert journal.wait_idle(timeout=0.01)
