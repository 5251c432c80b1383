"""OpenSearch and Elasticsearch domains."""

from policy_packs.kernel.registry import Severity
from policy_packs.security.property_rules import presence_rule, value_rule

SEARCH = ("aws:elasticsearch/domain:Domain", "aws:opensearch/domain:Domain")

encrypted_domains = value_rule(
    "search-must-be-encrypted",
    on=SEARCH,
    path="encryptAtRest.enabled",
    allowed=(True,),
    rationale="A search index contains the text of the indexed documents, so it must be encrypted like their source.",
    fix="Set encrypt_at_rest.enabled=True and kms_key_id.",
    covers=["AWSGuard elasticsearch-encrypted-at-rest"],
)
private_domains = presence_rule(
    "search-must-be-in-vpc",
    on=SEARCH,
    path="vpcOptions.subnetIds",
    rationale="A search domain outside a VPC has a public endpoint, even if its policy is strict.",
    fix="Set vpc_options with subnets and security groups.",
    covers=["AWSGuard elasticsearch-in-vpc-only"],
    severity=Severity.CRITICAL,
)
