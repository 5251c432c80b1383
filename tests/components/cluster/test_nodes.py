"""A node group is replaced only after its successor is ready."""

import subprocess
import sys

import pytest

from components.cluster.plan import node_group_name

PROGRAM = """
import asyncio

import pulumi
from pulumi.runtime import mocks

from components.base import DeploymentContext, Tags
from components.cluster.args import NodeGroupArgs
from components.cluster.nodes import NodeGroup
from components.cluster.plan import Workload

ARGS = NodeGroupArgs(
    context=DeploymentContext("dev", "111122223333", "us-east-1", Tags(*("x",) * 7)),
    group="baseline",
    cluster_name="campus-dev",
    version="1.34",
    role_arn="arn:aws:iam::111122223333:role/nodes",
    subnet_ids=["subnet-1"],
    security_group_ids=["sg-1"],
    instance_types=["m7i.large"],
    workload=Workload.SERVICES,
    spot=False,
    min_size=1,
    desired_size=1,
    max_size=3,
    disk_gib=30,
    disk_key="arn:aws:kms:us-east-1:111122223333:key/1",
)


class Cloud(mocks.Mocks):
    def new_resource(self, args):
        return args.name, dict(args.inputs)

    def call(self, args):
        return {}, []


class Requests(mocks.MockMonitor):  # Pulumi's mocks do not see resource options
    def RegisterResource(self, request):
        if request.type == "aws:eks/nodeGroup:NodeGroup":
            print(request.deleteBeforeReplaceDefined, request.deleteBeforeReplace)
        return super().RegisterResource(request)


asyncio.set_event_loop(asyncio.new_event_loop())
mocks.set_mocks(Cloud(), monitor=Requests(Cloud()))
pulumi.runtime.test(lambda: NodeGroup("nodes-baseline", ARGS) and None)()
"""


def test_the_engine_never_deletes_a_node_group_before_its_successor() -> None:
    printed = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert printed.stdout == "True False\n", printed.stderr


@pytest.mark.parametrize(("generation", "name"), [(None, "baseline"), ("m7", "baseline-m7")])
def test_another_generation_has_another_name(generation: str | None, name: str) -> None:
    assert node_group_name("baseline", generation) == name
