"""EC2: changes of security group rules."""

from typing import Any, ClassVar

from moto.ec2 import models
from typing_extensions import override


class RuleOwner(models.EC2Backend):
    """EC2 backend that can also change a rule's IPv6 range, prefix list or group."""

    original: ClassVar[type[models.EC2Backend]]

    @override
    def modify_security_group_rules(self, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
        RuleOwner.original.modify_security_group_rules(self, group_id, rules)
        group: Any = self.get_security_group_by_name_or_id(group_id)
        for rule_id, change in rules.items():
            rule: Any = group.get_rule(rule_id)
            if change.get("CidrIpv6"):
                rule.ip_range["CidrIpv6"] = change["CidrIpv6"]
            if change.get("PrefixListId"):
                rule.prefix_list_id = change["PrefixListId"]
            if change.get("ReferencedGroupId"):
                rule.source_group = {**rule.source_group, "GroupId": change["ReferencedGroupId"]}
