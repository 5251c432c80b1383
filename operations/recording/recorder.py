"""Run the program of one environment on Pulumi's mocks and print its resources.

Mocks are global to a process and leak between tests, so each recording has its own process.
Usage: python recorder.py PROJECT ENVIRONMENT PROGRAM, with PROJECT on PYTHONPATH; PROGRAM is a file or a directory.
"""

import asyncio
import base64
import json
import os
import runpy
import sys
import time
from pathlib import Path
from typing import Any, cast

import pulumi
from google.protobuf import json_format
from pulumi import runtime
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.stack import Stack

from stacks.loading import merged

OUTPUTS: dict[str, dict[str, Any]] = {
    "aws:eks/cluster:Cluster": {
        "endpoint": "https://cluster.example",
        "certificateAuthority": {"data": base64.b64encode(b"PEM").decode()},
        "vpcConfig": {"clusterSecurityGroupId": "sg-cluster"},
    },
    "aws:eks/nodeGroup:NodeGroup": {"resources": [{"autoscalingGroups": [{"name": "eks-group"}]}]},
    "aws:rds/instance:Instance": {"address": "records.example", "port": 5432},
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        "primaryEndpointAddress": "cache.example",
        "readerEndpointAddress": "cache-ro.example",
        "port": 6379,
    },
    "aws:ec2/launchTemplate:LaunchTemplate": {"latestVersion": 3},
    "aws:ec2/eip:Eip": {"publicIp": "192.0.2.1", "allocationId": "eipalloc-1"},
    "aws:kms/key:Key": {"keyId": "key"},
    "aws:acm/certificate:Certificate": {
        "domainValidationOptions": [
            {"resourceRecordName": "_proof.example", "resourceRecordType": "CNAME", "resourceRecordValue": "proof"}
        ]
    },
    "aws:lb/loadBalancer:LoadBalancer": {"dnsName": "balancer.example", "zoneId": "Z-BALANCERS"},
    "aws:route53/zone:Zone": {"zoneId": "Z-OWN", "nameServers": ["ns-1.example", "ns-2.example"]},
    "aws:route53/record:Record": {"fqdn": "_proof.example"},
    "vault:index/authBackend:AuthBackend": {"accessor": "auth_method_1"},
    "kubernetes:core/v1:Secret": {"data": {"token": base64.b64encode(b"token").decode()}},
}
"""Outputs that the program reads, by resource type. They are added to the resource's inputs."""


class Cloud(runtime.Mocks):
    """Mocked cloud that returns a resource's inputs together with its OUTPUTS."""

    def new_resource(self, args: runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """Return the ID and outputs of a resource."""
        outputs = {"arn": f"arn:{args.typ.rpartition(':')[2]}:{args.name}", **args.inputs}
        for key, value in OUTPUTS.get(args.typ, {}).items():
            outputs[key] = {**outputs.get(key, {}), **value} if isinstance(value, dict) else value
        return f"{args.name}-id", outputs

    def call(self, args: runtime.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        """Record an invoke and return its result."""
        CALLS.append({"token": args.token, "args": args.args, "provider": args.provider})
        return {"randomPassword": "drawn", "id": "drawn"}, []


class Recorder(MockMonitor):
    """Mock engine that also records providers, dependencies, protection and aliases.

    Pulumi passes only the provider to `new_resource` of the mocks, not the other three.
    """

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  # the name of the engine's method
        """Register the resource as the mocks do and record the request."""
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]  # untyped in the SDK
        RESOURCES.append(
            {
                "urn": response.urn,
                "type": request.type,
                "name": request.name,
                "custom": request.custom,
                "parent": request.parent,
                "provider": request.provider,
                "inputs": json_format.MessageToDict(request.object),
                "ignoreChanges": list(request.ignoreChanges),
                "dependencies": list(request.dependencies),
                "protect": request.protect,
                "aliases": [alias.urn for alias in request.aliases if alias.urn] + list(request.aliasURNs),
            }
        )
        return response


RESOURCES: list[dict[str, Any]] = []
CALLS: list[dict[str, Any]] = []


def _configure(project: Path, environment: str) -> None:
    """Set the configuration as the engine does: text unchanged, other values as JSON."""
    config = merged(project, environment)
    encoded = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    os.environ["PULUMI_CONFIG"] = json.dumps(encoded)
    runtime.set_all_config(encoded)


def main(project: Path, environment: str, entry: str) -> None:
    """Run the program once and print the recording as JSON.

    If the program raises pulumi.RunError, the process ends with the error's message.
    """
    asyncio.set_event_loop(asyncio.new_event_loop())
    _configure(project, environment)
    runtime.set_mocks(Cloud(), project="campus-safety", stack=environment, preview=False, monitor=Recorder(Cloud()))
    exports: dict[str, Any] = {}

    def program() -> pulumi.Output[Any]:
        runpy.run_path(entry, run_name="__main__")
        stack = cast("Stack", runtime.get_root_resource())
        return pulumi.Output.all(**stack.outputs).apply(exports.update)

    started = time.process_time()
    try:
        runtime.test(program)()  # type: ignore[no-untyped-call]  # the same
    except pulumi.RunError as error:
        sys.exit(f"RunError: {error}")
    finally:
        asyncio.get_event_loop().close()
    seconds = time.process_time() - started
    json.dump({"resources": RESOURCES, "calls": CALLS, "exports": exports, "seconds": seconds}, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
