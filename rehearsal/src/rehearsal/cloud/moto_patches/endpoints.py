"""VPC endpoints: what DNS answers for them."""

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses.vpcs import VPCs

from rehearsal.cloud.moto_patches.base import MotoPatch
from rehearsal.cloud.patches import Patches

INBOUND_ONLY = "PrivateDnsOnlyForInboundResolverEndpoint"


def dns_options(patches: Patches) -> None:
    """Keep an interface endpoint's DNS options, and refuse inbound-only names where no gateway takes the rest."""

    def wrap_create(original: Any) -> Any:
        def create_vpc_endpoint(self: Any) -> Any:
            wanted = self._get_param("DnsOptions")
            _check(self, self._get_param("VpcId"), self._get_param("ServiceName"), wanted)
            answer = original(self)
            _keep(answer.result["VpcEndpoint"], wanted)
            return answer

        return create_vpc_endpoint

    def wrap_modify(original: Any) -> Any:
        def modify_vpc_endpoint(self: Any) -> Any:
            endpoint = self.ec2_backend.vpc_end_points.get(self._get_param("VpcEndpointId"))
            wanted = self._get_param("DnsOptions")
            if endpoint is not None:
                _check(self, endpoint.vpc_id, endpoint.service_name, wanted)
            answer = original(self)
            _keep(endpoint, wanted)
            return answer

        return modify_vpc_endpoint

    patches.wrap(VPCs, "create_vpc_endpoint", wrap_create)
    patches.wrap(VPCs, "modify_vpc_endpoint", wrap_modify)


def _keep(endpoint: Any, wanted: Any) -> None:
    if wanted:
        endpoint.dns_options = {**getattr(endpoint, "dns_options", {}), **wanted}


def _check(view: Any, vpc: str, service: str, wanted: Any) -> None:
    if not (wanted and wanted.get(INBOUND_ONLY)):
        return
    there = view.ec2_backend.vpc_end_points.values()
    kinds = [one.vpc_endpoint_type for one in there if (one.vpc_id, one.service_name) == (vpc, service)]
    if "Gateway" not in kinds:
        raise EC2ClientError(
            "InvalidParameter", f"To set {INBOUND_ONLY} to true, the VPC {vpc} must have a Gateway endpoint for S3."
        )


MOTO_PATCHES = (
    MotoPatch(
        "ec2-endpoint-dns-options",
        "forgets an endpoint's DNS options",
        "keeps them, and refuses inbound-only names where S3 has no gateway endpoint",
        "EC2 CreateVpcEndpoint, DnsOptions",
        dns_options,
    ),
)
