"""EC2 parameters that moto ignores, and operations on the default KMS key of EBS."""

from collections.abc import Mapping
from typing import Any, ClassVar

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses import elastic_block_store, security_groups, vpcs
from typing_extensions import override

INBOUND_ONLY = "PrivateDnsOnlyForInboundResolverEndpoint"


class VPCs(vpcs.VPCs):
    """Private DNS and DNS options of VPC endpoints."""

    original: ClassVar[type[vpcs.VPCs]]

    @override
    def create_vpc_endpoint(self) -> ActionResult:
        dns_options = self._get_param("DnsOptions")
        self.check_dns_options(self._get_param("VpcId"), self._get_param("ServiceName"), dns_options)
        result = VPCs.original.create_vpc_endpoint(self)
        answer: Any = result.result
        _store_dns_options(answer["VpcEndpoint"], dns_options)
        return result

    @override
    def modify_vpc_endpoint(self) -> ActionResult:
        endpoint = self.ec2_backend.vpc_end_points.get(self._get_param("VpcEndpointId"))
        dns_options = self._get_param("DnsOptions")
        if endpoint is not None:
            self.check_dns_options(endpoint.vpc_id, endpoint.service_name, dns_options)
        result = VPCs.original.modify_vpc_endpoint(self)
        private_dns = self._get_param("PrivateDnsEnabled")
        if private_dns is not None:
            endpoint.private_dns_enabled = str(private_dns).lower() == "true"
        _store_dns_options(endpoint, dns_options)
        return result

    def check_dns_options(self, vpc_id: str, service_name: str, dns_options: Mapping[str, Any] | None) -> None:
        """Reject inbound-only private DNS without a gateway endpoint.

        The gateway endpoint must be in the same VPC and serve the same service.
        """
        if not (dns_options and dns_options.get(INBOUND_ONLY)):
            return
        types = [
            endpoint.vpc_endpoint_type
            for endpoint in self.ec2_backend.vpc_end_points.values()
            if (endpoint.vpc_id, endpoint.service_name) == (vpc_id, service_name)
        ]
        if "Gateway" not in types:
            raise EC2ClientError(
                "InvalidParameter",
                f"To set {INBOUND_ONLY} to true, the VPC {vpc_id} must have a Gateway endpoint for S3.",
            )


class SecurityGroups(security_groups.SecurityGroups):
    """DeleteSecurityGroup, which refuses to delete a default security group."""

    original: ClassVar[type[security_groups.SecurityGroups]]

    @override
    def delete_security_group(self) -> ActionResult:
        group_id = self._get_param("GroupId")
        group = self.ec2_backend.get_security_group_from_id(group_id) if group_id else None
        if group is not None and group.name == "default":
            message = f'the specified group: "{group_id}" name: "default" cannot be deleted by a user'
            raise EC2ClientError("CannotDelete", message)
        return SecurityGroups.original.delete_security_group(self)


class ElasticBlockStore(elastic_block_store.ElasticBlockStore):
    """Operations on the default KMS key of EBS volumes."""

    original: ClassVar[type[elastic_block_store.ElasticBlockStore]]

    def get_ebs_default_kms_key_id(self) -> ActionResult:
        """Return the default key, which is initially the AWS managed key."""
        backend = self.ec2_backend
        return ActionResult({"KmsKeyId": backend.default_kms_key_id or backend.modify_ebs_default_kms_key_id("")})

    def reset_ebs_default_kms_key_id(self) -> ActionResult:
        """Reset the default key to the AWS managed key."""
        return ActionResult({"KmsKeyId": self.ec2_backend.modify_ebs_default_kms_key_id("")})


def _store_dns_options(endpoint: Any, dns_options: Mapping[str, Any] | None) -> None:
    if dns_options:
        endpoint.dns_options = {**getattr(endpoint, "dns_options", {}), **dns_options}
