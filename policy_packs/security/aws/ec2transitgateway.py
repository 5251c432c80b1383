"""Transit gateways."""

from policy_packs.security.property_rules import value_rule

manual_attachment = value_rule(
    "transit-gateway-must-ask-before-attaching",
    on="aws:ec2transitgateway/transitGateway:TransitGateway",
    path="autoAcceptSharedAttachments",
    allowed=(None, "disable"),
    rationale="With automatic acceptance, another account can connect its network to ours without a review.",
    fix="Set auto_accept_shared_attachments to 'disable'.",
    covers=["CKV_AWS_331"],
)
