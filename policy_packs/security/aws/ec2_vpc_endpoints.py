"""VPC endpoints: policies on the requests that pass through them."""

from policy_packs.kernel.registry import Findings, rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.aws.resource_policies import ENDPOINT_POLICIES, allow_statements_of
from policy_packs.security.conditions import narrows_endpoint
from policy_packs.security.pattern_unions import covering_resources
from policy_packs.security.patterns import has_fixed_account
from policy_packs.security.statements import applies_to_everyone, label

ENDPOINT = ENDPOINT_POLICIES[0]
# Endpoint types that do not support a policy (EC2 API Reference, CreateVpcEndpoint, PolicyDocument).
TYPES_WITHOUT_POLICY = ("GatewayLoadBalancer", "Resource", "ServiceNetwork")


@rule("vpc-endpoint-policy-must-be-narrow", on=ENDPOINT_POLICIES)
def narrow_policy(resource: Resource) -> Findings:
    """Through an open endpoint, stolen data can be copied to the account of an attacker.

    The endpoint leads out of private subnets, and the attacker's own credentials would work on it.
    """
    for statement in allow_statements_of(resource):
        if applies_to_everyone(statement) and not narrows_endpoint(statement) and _is_on_any_owner(statement):
            yield (
                f"{label(statement)} lets every principal use the resources of every account. Add a condition on "
                "aws:PrincipalAccount or aws:ResourceAccount, or name the resources."
            )


@rule("vpc-endpoint-must-have-policy", on=ENDPOINT)
def own_policy(endpoint: Resource) -> Findings:
    """Without a policy, AWS lets every principal reach every resource of the service through the endpoint.

    A separate VpcEndpointPolicy does not count, because the endpoint is open until it has been created.
    """
    if endpoint["vpcEndpointType"] not in TYPES_WITHOUT_POLICY and "policy" not in endpoint:
        yield (
            "The endpoint has no policy. Set `policy`, with a condition on aws:PrincipalAccount or aws:ResourceAccount."
        )


def _is_on_any_owner(statement: Fields) -> bool:
    """Return True if a statement names neither its resources nor their account."""
    return any(
        not has_fixed_account(each, is_arn_test=False) for each in covering_resources(statement.texts("Resource"))
    )
