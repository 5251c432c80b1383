"""Where images come from."""

from components.delivery.registries import comes_from, in_region

ALERTS = "555566667777.dkr.ecr.us-east-1.amazonaws.com/campus/alerts:1.0.0"


def test_an_image_comes_from_a_repository_that_it_lies_below() -> None:
    assert comes_from(ALERTS, ["555566667777.dkr.ecr.us-east-1.amazonaws.com/campus/"])
    assert not comes_from(ALERTS, ["555566667777.dkr.ecr.us-east-1.amazonaws.com/campu/", "docker.io/"])
    assert not comes_from(ALERTS, [])


def test_another_region_has_its_own_copy_of_an_image() -> None:
    assert in_region(ALERTS, "us-west-2") == "555566667777.dkr.ecr.us-west-2.amazonaws.com/campus/alerts:1.0.0"
    assert in_region(ALERTS, "us-east-1") == ALERTS
    assert in_region("docker.io/nginx:1", "us-west-2") == "docker.io/nginx:1"
