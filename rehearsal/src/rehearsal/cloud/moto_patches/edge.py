"""Peerings, VPC endpoints, web firewalls and load balancers: what is used, missing or protected counts."""

import json
import re
from collections.abc import Iterator
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.responses.vpcs import VPCs
from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend
from moto.logs.models import logs_backends
from moto.route53.exceptions import Route53ClientError
from moto.route53.models import Route53Backend
from moto.wafv2.exceptions import WAFNonexistentItemException
from moto.wafv2.models import WAFV2Backend

from rehearsal.cloud.moto_patches.base import MotoPatch
from rehearsal.cloud.patches import Patches

WAF_LOGS = "aws-waf-logs-"
LOGS_REGION = "us-east-1"


def peering_options(patches: Patches) -> None:
    """Refuse options for a peering that is not active, and those of a side that lies in another region."""

    def wrapper(original: Any) -> Any:
        def modify(self: Any, vpc_pcx_id: str, accepter_options: Any = None, requester_options: Any = None) -> Any:
            peering = self.get_vpc_peering_connection(vpc_pcx_id)
            if peering._status.code != "active":  # noqa: SLF001  # no accessor
                raise EC2ClientError(
                    "OperationNotPermitted",
                    f"Peering {vpc_pcx_id} is not active. Peering options can be added only to active peerings.",
                )
            sides = ((accepter_options, peering.peer_vpc), (requester_options, peering.vpc))
            if any(options and vpc.region != self.region_name for options, vpc in sides):
                raise EC2ClientError(
                    "OperationNotPermitted", f"Options of {vpc_pcx_id} are changed in the region of the VPC concerned."
                )
            return original(self, vpc_pcx_id, accepter_options, requester_options)

        return modify

    patches.wrap(EC2Backend, "modify_vpc_peering_connection_options", wrapper)


def endpoint_changes(patches: Patches) -> None:
    """Give and take interfaces with subnets, routes with route tables, and change private DNS."""

    def wrap_backend(original: Any) -> Any:
        def modify_vpc_endpoint(self: Any, vpc_id: str, **changes: Any) -> None:
            original(self, vpc_id=vpc_id, **changes)
            endpoint = self.vpc_end_points[vpc_id]
            _move_interfaces(self, endpoint, changes)
            _move_routes(self, endpoint, changes)

        return modify_vpc_endpoint

    def wrap_response(original: Any) -> Any:
        def modify_vpc_endpoint(self: Any) -> Any:
            answer = original(self)
            wanted = self._get_param("PrivateDnsEnabled")
            if wanted is not None:
                endpoint = self.ec2_backend.vpc_end_points[self._get_param("VpcEndpointId")]
                endpoint.private_dns_enabled = str(wanted).lower() == "true"
            return answer

        return modify_vpc_endpoint

    patches.wrap(EC2Backend, "modify_vpc_endpoint", wrap_backend)
    patches.wrap(VPCs, "modify_vpc_endpoint", wrap_response)


def _move_interfaces(backend: Any, endpoint: Any, changes: Any) -> None:
    for subnet in changes.get("remove_subnets") or []:
        for interface in list(endpoint.network_interface_ids):
            if backend.enis[interface].subnet.id == subnet:
                endpoint.network_interface_ids.remove(interface)
                del backend.enis[interface]
    there = {backend.enis[interface].subnet.id for interface in endpoint.network_interface_ids}
    for subnet in changes.get("add_subnets") or []:
        if subnet not in there:
            interface = backend.create_network_interface(subnet, None)
            endpoint.network_interface_ids.append(interface.id)


def _move_routes(backend: Any, endpoint: Any, changes: Any) -> None:
    prefixes = endpoint.destination_prefix_list_id
    for table in changes.get("remove_route_tables") or []:
        backend.delete_route(table, prefixes)
    for table in changes.get("add_route_tables") or []:
        routes = backend.get_route_table(table).routes
        if not any(route.destination_prefix_list and route.destination_prefix_list.id == prefixes for route in routes):
            backend.create_route(table, None, gateway_id=endpoint.id, destination_prefix_list_id=prefixes)


def private_dns(patches: Patches) -> None:
    """Refuse a second interface endpoint with private DNS for one service of one VPC."""

    def wrapper(original: Any) -> Any:
        def create_vpc_endpoint(self: Any, **settings: Any) -> Any:
            interface = (settings.get("endpoint_type") or "").lower() == "interface"
            if interface and settings.get("private_dns_enabled") and list(_rivals(self, settings)):
                raise EC2ClientError(
                    "InvalidParameter",
                    f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
                    f"{settings['service_name']} in the VPC {settings['vpc_id']}",
                )
            return original(
                self, **{**settings, "private_dns_enabled": settings.get("private_dns_enabled") and interface}
            )

        return create_vpc_endpoint

    patches.wrap(EC2Backend, "create_vpc_endpoint", wrapper)


def _rivals(backend: Any, settings: Any) -> Iterator[Any]:
    for endpoint in list(backend.vpc_end_points.values()):
        same = (endpoint.vpc_id, endpoint.service_name) == (settings["vpc_id"], settings["service_name"])
        if same and endpoint.private_dns_enabled and endpoint.state != "deleted":
            yield endpoint


def web_acl_associations(patches: Patches) -> None:
    """Give a resource one web ACL, the last; refuse to delete an ACL that stands before something."""

    def wrap_associate(original: Any) -> Any:
        def associate_web_acl(self: Any, web_acl_arn: str, resource_arn: str) -> None:
            if web_acl_arn not in self.wacls:
                raise WAFNonexistentItemException
            self.disassociate_web_acl(resource_arn)
            original(self, web_acl_arn, resource_arn)

        return associate_web_acl

    def wrap_delete(original: Any) -> Any:
        def delete_web_acl(self: Any, name: str, scope: str, _id: str, lock_token: str) -> None:
            for acl in list(self.wacls.values()):
                if acl.id == _id and acl.associated_resources:
                    raise JsonRESTError(
                        "WAFAssociatedItemException",
                        f"AWS WAF couldn't perform the operation because {name} is in use by another resource.",
                    )
            original(self, name, scope, _id, lock_token)

        return delete_web_acl

    patches.wrap(WAFV2Backend, "associate_web_acl", wrap_associate)
    patches.wrap(WAFV2Backend, "delete_web_acl", wrap_delete)


def web_acl_logs(patches: Patches) -> None:
    """Refuse a log destination whose name does not begin as WAF wants it."""

    def wrapper(original: Any) -> Any:
        def put_logging_configuration(self: Any, arn: str, log_destination_configs: list[str], *rest: Any) -> Any:
            for destination in log_destination_configs:
                if not re.search(rf"[:/]{WAF_LOGS}[^:/]+(:\*)?$", destination):
                    raise JsonRESTError(
                        "WAFInvalidParameterException",
                        f"The ARN isn't valid: the name of {destination} must begin with {WAF_LOGS}",
                    )
            return original(self, arn, log_destination_configs, *rest)

        return put_logging_configuration

    patches.wrap(WAFV2Backend, "put_logging_configuration", wrapper)


def balancer_protection(patches: Patches) -> None:
    """Refuse to delete a load balancer that is protected."""

    def wrapper(original: Any) -> Any:
        def delete_load_balancer(self: Any, arn: str) -> None:
            balancer = self.load_balancers.get(arn)
            if balancer and balancer.attrs.get("deletion_protection.enabled") == "true":
                raise ELBClientError(
                    "OperationNotPermitted",
                    f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
                )
            original(self, arn)

        return delete_load_balancer

    patches.wrap(ELBv2Backend, "delete_load_balancer", wrapper)


def query_log_group(patches: Patches) -> None:
    """Take a log group's plain ARN, and want a resource policy that lets Route 53 write to it."""

    def wrapper(original: Any) -> Any:
        def create_query_logging_config(self: Any, hosted_zone_id: str, log_group_arn: str) -> Any:
            arn = log_group_arn.removesuffix(":*")
            policies = logs_backends[self.account_id][LOGS_REGION].resource_policies.values()
            if not any(_lets_write(json.loads(policy.policy_document), arn) for policy in policies):
                raise Route53ClientError(
                    "InsufficientCloudWatchLogsResourcePolicy",
                    "The resource policy that you're using for Route 53 query logging doesn't grant Route 53 "
                    "sufficient permission to create a log stream in the specified log group.",
                )
            config = original(self, hosted_zone_id, f"{arn}:*")
            config.cloud_watch_logs_log_group_arn = log_group_arn
            return config

        return create_query_logging_config

    patches.wrap(Route53Backend, "create_query_logging_config", wrapper)


def _lets_write(document: Any, arn: str) -> bool:
    statements = document["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        services = _many((statement.get("Principal") or {}).get("Service"))
        resources = [re.escape(one).replace(r"\*", ".*") for one in _many(statement.get("Resource"))]
        covered = any(re.fullmatch(pattern, f"{arn}:log-stream:x") for pattern in resources)
        if statement.get("Effect") == "Allow" and "route53.amazonaws.com" in services and covered:
            return True
    return False


def _many(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


MOTO_PATCHES = (
    MotoPatch(
        "ec2-peering-options",
        "takes options of a peering that nobody has accepted, and of both sides from either region",
        "takes them once it is active, each side's in its own region",
        "EC2 ModifyVpcPeeringConnectionOptions",
        peering_options,
    ),
    MotoPatch(
        "ec2-endpoint-changes",
        "changes an endpoint's lists of subnets and route tables and nothing else, and never its private DNS",
        "moves interfaces and routes with them, and changes private DNS",
        "EC2 ModifyVpcEndpoint",
        endpoint_changes,
    ),
    MotoPatch(
        "ec2-private-dns",
        "makes a second endpoint with private DNS for one service, and gives gateways private DNS too",
        "refuses the second; gateways have none",
        "EC2 CreateVpcEndpoint, PrivateDnsEnabled",
        private_dns,
    ),
    MotoPatch(
        "wafv2-associations",
        "stacks web ACLs on one resource, and deletes one that is in use",
        "replaces the resource's web ACL; refuses to delete one in use",
        "WAFV2 AssociateWebACL, DeleteWebACL",
        web_acl_associations,
    ),
    MotoPatch(
        "wafv2-log-destination",
        "logs anywhere",
        "wants a destination whose name begins with aws-waf-logs-",
        "WAFV2 LoggingConfiguration, LogDestinationConfigs",
        web_acl_logs,
    ),
    MotoPatch(
        "elbv2-deletion-protection",
        "deletes a protected load balancer",
        "refuses",
        "Elastic Load Balancing DeleteLoadBalancer",
        balancer_protection,
    ),
    MotoPatch(
        "route53-query-log-group",
        "wants the log group's ARN with `:*` at its end, and no resource policy",
        "takes the ARN without it, and wants a policy that lets Route 53 write",
        "Route 53 CreateQueryLoggingConfig",
        query_log_group,
    ),
)
