"""Image repositories and regional references."""

from components.delivery.registries import is_from_repository, regional_reference

ALERTS = "555566667777.dkr.ecr.us-east-1.amazonaws.com/campus/alerts:1.0.0"


def test_an_image_must_be_in_an_allowed_repository() -> None:
    assert is_from_repository(ALERTS, ["555566667777.dkr.ecr.us-east-1.amazonaws.com/campus/"])
    assert not is_from_repository(ALERTS, ["555566667777.dkr.ecr.us-east-1.amazonaws.com/campu/", "docker.io/"])
    assert not is_from_repository(ALERTS, [])


def test_an_image_reference_is_rewritten_for_another_region() -> None:
    assert regional_reference(ALERTS, "us-west-2") == "555566667777.dkr.ecr.us-west-2.amazonaws.com/campus/alerts:1.0.0"
    assert regional_reference(ALERTS, "us-east-1") == ALERTS
    assert regional_reference("docker.io/nginx:1", "us-west-2") == "docker.io/nginx:1"
