"""Transit gateways."""

from policy_packs.security.property_rules import value_rule

manual_attachment = value_rule(
    "transit-gateway-must-ask-before-attaching",
    on="aws:ec2transitgateway/transitGateway:TransitGateway",
    path="autoAcceptSharedAttachments",
    right=(None, "disable"),
    why="A network of another account that attaches itself is inside at once.",
    fix="set auto_accept_shared_attachments to 'disable'",
    covers=["CKV_AWS_331"],
)
