"""Comparison of the emulated cloud with the engine's state.

After an interrupted update, every resource must exist in both or in neither.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

IMPLICIT = frozenset(
    {
        "aws:acm/certificateValidation:CertificateValidation",
        "aws:ebs/defaultKmsKey:DefaultKmsKey",
        "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "aws:ec2/peeringConnectionOptions:PeeringConnectionOptions",
        "aws:ec2/route:Route",
        "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter",
        "aws:eks/accessEntry:AccessEntry",
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        "aws:guardduty/detectorFeature:DetectorFeature",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:kms/keyPolicy:KeyPolicy",
        "aws:s3/bucketNotification:BucketNotification",
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketVersioning:BucketVersioning",
        "aws:secretsmanager/secretVersion:SecretVersion",
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    }
)
"""Types whose resources may exist in the cloud without being in the state.

AWS creates them together with another resource, or the program sets them as part of another resource. The reverse, a
resource that exists only in the state, is still a mismatch.
"""
ALIASES = {
    "aws:alb/listener:Listener": "aws:lb/listener:Listener",
    "aws:alb/loadBalancer:LoadBalancer": "aws:lb/loadBalancer:LoadBalancer",
    "aws:alb/targetGroup:TargetGroup": "aws:lb/targetGroup:TargetGroup",
    **{
        f"aws:s3/{name[0].lower()}{name[1:]}V2:{name}V2": f"aws:s3/{name[0].lower()}{name[1:]}:{name}"
        for name in (
            "Bucket",
            "BucketLifecycleConfiguration",
            "BucketLogging",
            "BucketObjectLockConfiguration",
            "BucketServerSideEncryptionConfiguration",
            "BucketVersioning",
        )
    },
}
"""Alternative token of a type → token that the inventory uses for the type."""


def listed_type(token: str) -> str:
    """Return the token that the inventory uses for a type."""
    return ALIASES.get(token, token)


@dataclass(frozen=True)
class Mismatch:
    """Resources that exist on only one side, as sorted `type id` strings."""

    only_in_cloud: tuple[str, ...]
    only_in_state: tuple[str, ...]
    unreadable: tuple[str, ...] = ()
    """Types that could not be compared, because the cloud's resources could not be read."""

    @property
    def none(self) -> bool:
        """True if all types were compared and both sides agree."""
        return not self.only_in_cloud and not self.only_in_state and not self.unreadable


def compare(cloud: Mapping[str, Iterable[Iterable[str]] | None], resources: Iterable[Mapping[str, Any]]) -> Mismatch:
    """Compare the resources of the cloud with those of the state.

    `cloud` maps each type to its resources, and each resource is a collection of its identifiers. None stands for a
    type that could not be read. `resources` are the resources of the state, with `type` and `id`. Only the types in
    `cloud` are compared. Resources of the types in `IMPLICIT` may exist only in the cloud.
    """
    state: dict[str, set[str]] = defaultdict(set)
    for resource in resources:
        state[listed_type(resource["type"])].add(resource["id"])
    only_cloud, only_state = [], []
    for type_token, listed in cloud.items():
        if listed is None:
            continue
        in_cloud = [set(identifiers) for identifiers in listed]
        ids = state.get(type_token, set())
        if type_token not in IMPLICIT:
            only_cloud += [f"{type_token} {min(names)}" for names in in_cloud if not names & ids]
        only_state += [f"{type_token} {name}" for name in ids if not any(name in names for names in in_cloud)]
    unreadable = sorted(type_token for type_token, listed in cloud.items() if listed is None)
    return Mismatch(tuple(sorted(only_cloud)), tuple(sorted(only_state)), tuple(unreadable))
