"""VPC endpoints: policies on the requests that pass through them."""

import re

from policy_packs.kernel.context import Context, additional_entries
from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.aws.resource_policies import ENDPOINT_POLICIES, allow_statements_of
from policy_packs.security.aws.service_principals import REGION
from policy_packs.security.conditions import narrows_endpoint
from policy_packs.security.patterns import has_fixed_account
from policy_packs.security.statements import applies_to_everyone, label

ENDPOINT = ENDPOINT_POLICIES[0]
# Endpoint types that do not support a policy (EC2 API Reference, CreateVpcEndpoint, PolicyDocument).
TYPES_WITHOUT_POLICY = ("GatewayLoadBalancer", "Resource", "ServiceNetwork")
AWS_SERVICE = re.compile(rf"(com\.amazonaws|aws\.api|api\.aws|aws\.sagemaker)\.{REGION}\.[a-z0-9_-]+(\.[a-z0-9_-]+)*")
DOWNLOADS = frozenset({"s3:GetObject"})
FIXED_BUCKET = re.compile(r"arn:aws[a-z-]*:s3:::[a-z0-9.-]+/.*", re.DOTALL)


@rule("vpc-endpoint-policy-must-be-narrow", on=ENDPOINT_POLICIES)
def narrow_policy(resource: Resource) -> Findings:
    """Through an open endpoint, stolen data can be copied to the account of an attacker.

    The endpoint leads out of private subnets, and the attacker's own credentials would work on it.
    """
    for statement in allow_statements_of(resource):
        if applies_to_everyone(statement) and not narrows_endpoint(statement) and _is_on_any_owner(statement):
            yield (
                f"{label(statement)} lets every principal use the resources of every account. Add a condition on "
                "aws:PrincipalAccount or aws:ResourceAccount, or name the resources with their account."
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


@rule(
    "vpc-endpoint-must-lead-to-reviewed-services",
    on=ENDPOINT,
    severity=Severity.CRITICAL,
    settings={
        "services": additional_entries(
            "Names of further endpoint services that were reviewed, each with the reason",
            r"^[a-z0-9-]+(\.[a-z0-9-]+)+$",
        )
    },
)
def reviewed_services(endpoint: Resource, context: Context) -> Findings:
    """An endpoint service of another customer takes data out of the network, past every firewall.

    Services of AWS pass. Their names contain a region, and customers cannot choose such names.

    Source: AWS PrivateLink Guide, "AWS services that integrate with AWS PrivateLink".
    """
    service = endpoint.text("serviceName")
    if service is not None and not AWS_SERVICE.fullmatch(service) and service not in context.settings["services"]:
        yield (
            f"The endpoint leads to {service}, which is not a service of AWS. Use an endpoint of AWS, or remove it. A "
            "policy configuration may add a reviewed service to the setting `services` of this rule in dev and staging "
            "only."
        )


def _is_on_any_owner(statement: Fields) -> bool:
    """Return True if a statement has a resource without a fixed account.

    Reading from a bucket with a fixed name is left out, because nodes need public buckets, and reading takes no data
    out.
    """
    only_reads = set(statement.texts("Action")) <= DOWNLOADS
    return any(
        not has_fixed_account(each, is_arn_test=False) and not (only_reads and FIXED_BUCKET.fullmatch(each))
        for each in statement.texts("Resource")
    )
