"""Names and tags of a deployment context."""

from components.base import DeploymentContext, Tags

TAGS = Tags("campus-safety", "prod", "student-safety", "platform", "platform-engineering", "cc-4100", "full")
CONTEXT = DeploymentContext("prod", "444455556666", "us-east-1", TAGS)


def test_tag_keys_match_the_policy_packs() -> None:
    assert TAGS.as_dict() == {
        "project": "campus-safety",
        "environment": "prod",
        "team": "student-safety",
        "feature": "platform",
        "owner": "platform-engineering",
        "cost-centre": "cc-4100",
        "data-classification": "full",
    }


def test_changing_region_or_feature_returns_a_new_context() -> None:
    moved = CONTEXT.with_region("us-west-2").with_feature("records")
    assert (moved.region, moved.tags.feature) == ("us-west-2", "records")
    assert (CONTEXT.region, CONTEXT.tags.feature) == ("us-east-1", "platform")


def test_aws_names_contain_environment_and_role() -> None:
    assert CONTEXT.resource_name("records") == "campus-prod-records"
