"""Settings that the program receives from the engine."""

from pathlib import Path

import pytest
import yaml

from operations.recording import RecordingError
from tests.stacks.graph import PROJECT, record


def test_invalid_settings_stop_the_program_before_any_resource(tmp_path: Path) -> None:
    content = yaml.safe_load((PROJECT / "Pulumi.dev.yaml").read_text(encoding="utf-8"))
    content["config"]["campus-safety:region"] = "us-west-2"
    content["config"]["campus-safety:network"]["natsPerZone"] = True
    (tmp_path / "Pulumi.dev.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    (tmp_path / "Pulumi.yaml").write_text((PROJECT / "Pulumi.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(RecordingError) as caught:
        record("dev", project=tmp_path)
    assert str(caught.value).strip() == (
        "RunError: Pulumi.dev.yaml: 3 mistakes\n"
        "  region              must be us-east-1 unless recovery.region is us-east-1, "
        "because Route 53 writes its query logs there\n"
        "  network.natsPerZone unknown key; did you mean natPerZone?\n"
        "  recovery.region     us-west-2 is also the primary region\n"
        "Nothing was changed."
    )


def test_a_stack_that_is_not_an_environment_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.qa.yaml").write_text("config: {}\n", encoding="utf-8")
    with pytest.raises(RecordingError, match="There is no environment called qa"):
        record("qa", project=tmp_path)
