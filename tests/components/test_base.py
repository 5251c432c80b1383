"""Names and tags of a placement."""

from components.base import DeploymentContext, Tags

TAGS = Tags("campus-safety", "prod", "student-safety", "platform", "platform-engineering", "cc-4100", "full")
PLACE = DeploymentContext("prod", "444455556666", "us-east-1", TAGS)


def test_tag_keys_are_spelt_as_the_policy_packs_spell_them() -> None:
    assert TAGS.as_dict() == {
        "project": "campus-safety",
        "environment": "prod",
        "team": "student-safety",
        "feature": "platform",
        "owner": "platform-engineering",
        "cost-centre": "cc-4100",
        "data-classification": "full",
    }


def test_a_placement_is_moved_and_charged_without_changing_the_first() -> None:
    moved = PLACE.with_region("us-west-2").with_feature("records")
    assert (moved.region, moved.tags.feature) == ("us-west-2", "records")
    assert (PLACE.region, PLACE.tags.feature) == ("us-east-1", "platform")


def test_aws_names_say_environment_and_role() -> None:
    assert PLACE.resource_name("records") == "campus-prod-records"
