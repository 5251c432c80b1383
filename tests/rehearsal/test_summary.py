"""Resources are counted by outermost component; recorded types are named."""

from rehearsal.providers.protocol import Fidelity, Urn
from rehearsal.summary import NO_COMPONENT, PhaseTiming, count_resources, group_name, not_compared

FIDELITY = {
    "aws:ec2/vpc:Vpc": "emulated",
    "kubernetes:core/v1:Namespace": "real",
    "aws:guardduty/detector:Detector": "recorded",
}


def resource(chain: str, name: str, *, custom: bool = True) -> dict[str, object]:
    return {
        "urn": f"urn:pulumi:dev::campus::{chain}::{name}",
        "type": chain.rsplit("$", maxsplit=1)[-1],
        "custom": custom,
    }


def test_emulated_types_without_a_listing_are_counted() -> None:
    resources = [
        {"type": "aws:ec2/vpc:Vpc", "custom": True},
        {"type": "aws:eks/addon:Addon", "custom": True},
        {"type": "aws:eks/addon:Addon", "custom": True},
        {"type": "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess", "custom": True},
        {"type": "campus:layer:Network", "custom": False},
    ]
    fidelity = {
        "aws:ec2/vpc:Vpc": "emulated",
        "aws:eks/addon:Addon": "extension",
        "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess": "recorded",
    }
    assert not_compared({"aws:ec2/vpc:Vpc": []}, resources, fidelity) == {"aws:eks/addon:Addon": 2}


def test_resources_count_under_their_outermost_component() -> None:
    counts = count_resources(
        [
            resource("pulumi:pulumi:Stack", "campus-dev", custom=False),
            resource("pulumi:providers:aws", "primary"),
            resource("campus:layer:Network", "network", custom=False),
            resource("campus:layer:Network$campus:network:Vpc$aws:ec2/vpc:Vpc", "main"),
            resource("campus:layer:Foundation$aws:guardduty/detector:Detector", "detector"),
            resource("kubernetes:core/v1:Namespace", "lonely"),
        ],
        FIDELITY,
    )
    assert [(group.name, dict(group.by_fidelity)) for group in counts.groups] == [
        ("Network", {Fidelity.EMULATED: 1}),
        ("Foundation", {Fidelity.RECORDED: 1}),
        (NO_COMPONENT, {Fidelity.REAL: 1}),
    ]
    assert counts.recorded_types == {"aws:guardduty/detector:Detector": 1}
    assert counts.total == 3


def test_a_name_may_hold_the_separator() -> None:
    urn = Urn("urn:pulumi:dev::campus::campus:layer:Data$aws:rds/instance:Instance::a::b")
    assert (urn.name, urn.type, group_name(urn)) == ("a::b", "aws:rds/instance:Instance", "Data")


def test_a_timing_has_only_the_measured_parts() -> None:
    assert PhaseTiming("tools", 1.0).parts == ""
    assert PhaseTiming("preview", 4.0, program=1.5, providers=0.4).parts == "program 1.5, providers busy 0.4"
