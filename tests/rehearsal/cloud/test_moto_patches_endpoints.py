"""DNS options of VPC endpoints with and without patches."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.cloud.clients import aws, cloud, network
from tests.rehearsal.cloud.test_moto_patches_edge import endpoint, shown

INTERFACE = {"VpcEndpointType": "Interface", "PrivateDnsEnabled": True}


def options(*, inbound_only: bool) -> dict[str, Any]:
    return {"PrivateDnsOnlyForInboundResolverEndpoint": inbound_only}


def test_ec2_endpoint_dns_options() -> None:
    with cloud(patched=False):
        endpoint_id = endpoint(network()[0], "s3", **INTERFACE, DnsOptions=options(inbound_only=True))
        assert "DnsOptions" not in shown(endpoint_id)
    with cloud(patched=True):
        vpc = network()[0]
        with pytest.raises(ClientError, match="must have a Gateway endpoint"):
            endpoint(vpc, "s3", **INTERFACE, DnsOptions=options(inbound_only=True))
        endpoint_id = endpoint(vpc, "s3", **INTERFACE, DnsOptions=options(inbound_only=False))
        assert shown(endpoint_id)["DnsOptions"] == options(inbound_only=False)
        change = {"VpcEndpointId": endpoint_id, "DnsOptions": options(inbound_only=True)}
        with pytest.raises(ClientError, match="must have a Gateway endpoint"):
            aws("ec2").modify_vpc_endpoint(**change)
        endpoint(vpc, "s3", VpcEndpointType="Gateway")
        aws("ec2").modify_vpc_endpoint(**change)
        assert shown(endpoint_id)["DnsOptions"] == options(inbound_only=True)
        assert "DnsOptions" not in shown(endpoint(vpc, "kms", **INTERFACE))
