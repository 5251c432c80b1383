"""The packs as the engine uses them.

The standard runner starts them, and the tests call them over gRPC.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import psutil
import pytest
import yaml
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc, engine_pb2, engine_pb2_grpc

from policy_packs.catalogue import PACKS
from policy_packs.kernel.context import Environment
from policy_packs.kernel.registry import Pack
from policy_packs.kernel.wire import FROM_WIRE
from pulumi_wire.markers import SECRET, SIGNATURE, UNKNOWN_SENTINELS

ROOT = Path(__file__).parents[2]
DATABASE = "aws:rds/instance:Instance"
BUCKET = "aws:s3/bucket:Bucket"
UNKNOWN = min(UNKNOWN_SENTINELS)
# Starting a pack takes one Python start, most of it `import pulumi`. The limit is generous for a busy machine.
START_SECONDS = 5.0

pytestmark = pytest.mark.integration


@dataclass(frozen=True)
class Running:
    process: subprocess.Popen[str]
    stub: analyzer_pb2_grpc.AnalyzerStub
    started_in: float


def command(program: Path) -> list[str]:
    return [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(program)]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@contextmanager
def running(program: Path) -> Iterator[Running]:
    """Run a pack exactly as the language host starts it."""
    begun = time.perf_counter()
    with subprocess.Popen(
        command(program), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    ) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            started_in = time.perf_counter() - begun
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                yield Running(process, analyzer_pb2_grpc.AnalyzerStub(channel), started_in)
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture(scope="module")
def security() -> Iterator[Running]:
    with running(ROOT / "policy_packs" / "security") as pack:
        yield pack


def struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    message.update(dict(properties))
    return message


def analyze(pack: Running, kind: str, properties: Mapping[str, Any], name: str = "it") -> pb.AnalyzeResponse:
    request = pb.AnalyzeRequest(type=kind, urn=f"urn:{name}", name=name, properties=struct(properties))
    response: pb.AnalyzeResponse = pack.stub.Analyze(request)
    return response


def messages(response: pb.AnalyzeResponse, rule: str) -> list[str]:
    """Return the findings of one rule. A minimal resource breaks other rules too."""
    return [diagnostic.message for diagnostic in response.diagnostics if diagnostic.policyName == rule]


def configure(pack: Running, stack: str, *, dry_run: bool) -> None:
    pack.stub.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack=stack, project="p", dry_run=dry_run))


@pytest.mark.parametrize("name", ["tagging", "cost", "security"])
def test_a_pack_starts_says_who_it_is_and_ends_when_told(name: str, packs: Mapping[str, Pack]) -> None:
    with running(ROOT / "policy_packs" / name) as pack:
        assert pack.started_in < START_SECONDS
        info = pack.stub.GetAnalyzerInfo(empty_pb2.Empty())
        assert info.name == f"campus-{name}"
        assert {policy.name for policy in info.policies} == {policy.name for policy in packs[name].policies}
        # Until the engine names a stack, the levels of prod apply.
        assert {policy.name: FROM_WIRE[policy.enforcementLevel] for policy in info.policies} == {
            policy.name: policy.levels.of(Environment.PROD) for policy in packs[name].policies
        }
        pack.stub.Cancel(empty_pb2.Empty())
        assert pack.process.wait(10) == 0


@pytest.mark.parametrize("name", ["tagging", "cost", "security"])
def test_a_packs_version_and_description_are_those_of_its_project_file(name: str, packs: Mapping[str, Pack]) -> None:
    project = yaml.safe_load((ROOT / "policy_packs" / name / "PulumiPolicy.yaml").read_text(encoding="utf-8"))
    assert (project["version"], project["description"]) == (packs[name].version, packs[name].description)


def test_one_process_answers_for_all_packs_and_each_finding_names_its_own(packs: Mapping[str, Pack]) -> None:
    with running(ROOT / "policy_packs") as suite:
        info = suite.stub.GetAnalyzerInfo(empty_pb2.Empty())
        assert info.name == "campus-safety"
        assert [policy.name for policy in info.policies] == [
            policy.name for name in ("tagging", "cost", "security") for policy in packs[name].policies
        ]
        configure(suite, "dev", dry_run=False)
        response = analyze(suite, DATABASE, {"instanceClass": "db.r7g.16xlarge", "publiclyAccessible": True})
        assert {diagnostic.policyPackName for diagnostic in response.diagnostics} == {
            pack.name for pack in packs.values()
        }
        owners = {policy.name: pack.name for pack in packs.values() for policy in pack.policies}
        assert all(owners[diagnostic.policyName] == diagnostic.policyPackName for diagnostic in response.diagnostics)


def test_a_pack_of_another_project_starts_and_judges_by_its_own_configuration() -> None:
    with running(ROOT / "tests" / "policy_packs" / "foreign" / "shop_policies") as pack:
        config = {"shop:shops": '{"books": {}}'}
        pack.stub.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack="live", project="shop", config=config))
        response = analyze(pack, "aws:sqs/queue:Queue", {"kmsMasterKeyId": "k", "tags": {"shop": "wine"}})
        (message,) = messages(response, "queue-must-name-a-known-shop")
        assert message.startswith("Tag shop must be one of books")
        assert len(response.diagnostics) == 1


def test_the_suite_answers_for_every_pack_that_lies_beside_it() -> None:
    assert {path.parent.name for path in (ROOT / "policy_packs").glob("*/PulumiPolicy.yaml")} == {
        pack.name.removeprefix("campus-") for pack in PACKS
    }


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_pack_ends_cleanly_on_a_signal(number: signal.Signals) -> None:
    with running(ROOT / "policy_packs" / "cost") as pack:
        pack.process.send_signal(number)
        assert pack.process.wait(10) == 0


def test_a_pack_does_not_outlive_the_process_that_started_it() -> None:
    parent = (
        "import subprocess, sys\n"
        "child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "print(child.pid)\n"
    )
    program = ROOT / "policy_packs" / "cost"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", parent, *command(program)],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    pid = int(done.stdout)
    deadline = time.monotonic() + 15
    while psutil.pid_exists(pid) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_what_is_registered_for_the_end_of_a_pack_is_done(tmp_path: Path) -> None:
    end = tmp_path / "end"
    (tmp_path / "__main__.py").write_text(
        "import atexit, pathlib\n"
        "from policy_packs.kernel.pack import serve\n"
        "from policy_packs.kernel.registry import Pack\n"
        f'atexit.register(lambda: pathlib.Path("{end}").write_text("done"))\n'
        'serve(Pack("empty", "0.0.1", "", ()))\n'
    )
    with running(tmp_path) as pack:
        pack.stub.Cancel(empty_pb2.Empty())
        assert pack.process.wait(10) == 0
    assert end.read_text() == "done"


def test_an_unsound_resource_is_blocked_with_rule_reason_and_remedy(security: Running) -> None:
    configure(security, "dev", dry_run=False)
    response = analyze(security, DATABASE, {"publiclyAccessible": True, "storageEncrypted": True, "kmsKeyId": "k"})
    by_name = {diagnostic.policyName: diagnostic for diagnostic in response.diagnostics}
    diagnostic = by_name["rds-must-not-be-public"]
    assert diagnostic.enforcementLevel == pb.MANDATORY
    assert diagnostic.severity == pb.POLICY_SEVERITY_CRITICAL
    assert diagnostic.urn == "urn:it"
    assert diagnostic.message.startswith("publicly_accessible is on. Turn it off")
    assert "rds-must-keep-backups" in by_name
    assert "rds-must-encrypt-storage" not in by_name, "what is sound is not blamed"


def test_an_unknown_value_is_deferred_at_preview_and_enforced_at_update(security: Running) -> None:
    sound = {"storageEncrypted": True, "kmsKeyId": "k", "backupRetentionPeriod": 7}
    configure(security, "dev", dry_run=True)
    preview = analyze(security, DATABASE, {**sound, "publiclyAccessible": UNKNOWN})
    rule = "rds-must-not-be-public"
    assert not messages(preview, rule)
    (waiting,) = (skipped for skipped in preview.not_applicable if skipped.policy_name == rule)
    assert waiting.reason == "The rule is deferred to the update, when `publiclyAccessible` will be known."
    configure(security, "dev", dry_run=False)
    update = analyze(security, DATABASE, {**sound, "publiclyAccessible": True})
    assert len(messages(update, rule)) == 1


def test_before_the_engine_names_the_stack_production_is_assumed_and_nothing_unknown_passes() -> None:
    with running(ROOT / "policy_packs" / "security") as pack:
        response = analyze(pack, DATABASE, {"storageEncrypted": True, "kmsKeyId": "k", "publiclyAccessible": UNKNOWN})
        messages = {diagnostic.policyName: diagnostic.message for diagnostic in response.diagnostics}
        assert "30 or more" in messages["rds-must-keep-backups"]
        assert "unknown even at update" in messages["rds-must-not-be-public"]


def test_a_resource_of_no_interest_gets_an_empty_answer(security: Running) -> None:
    assert analyze(security, "random:index/pet:Pet", {"length": 2}) == pb.AnalyzeResponse()
    assert security.stub.Remediate(pb.AnalyzeRequest(type=DATABASE)) == pb.RemediateResponse()


def test_a_secret_is_judged_but_never_shown(security: Running) -> None:
    configure(security, "dev", dry_run=False)
    policy = {SIGNATURE: SECRET, "value": '{"Statement": [{"Sid": "Hush123", "Effect": "Allow", "Principal": "*"}]}'}
    response = analyze(security, "aws:s3/bucketPolicy:BucketPolicy", {"policy": policy})
    (message,) = messages(response, "s3-must-not-have-public-policy")
    assert message.startswith("Statement [secret] allows every principal")
    assert "Hush123" not in str(response)


def test_the_stack_is_judged_by_dependencies(security: Running) -> None:
    configure(security, "dev", dry_run=True)
    block = pb.AnalyzerResource(
        type="aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        urn="urn:block",
        properties=struct({"bucket": UNKNOWN}),
        propertyDependencies={"bucket": pb.AnalyzerPropertyDependencies(urns=["urn:closed"])},
    )
    buckets = [pb.AnalyzerResource(type=BUCKET, urn=f"urn:{name}", name=name) for name in ("closed", "open")]
    response = security.stub.AnalyzeStack(pb.AnalyzeStackRequest(resources=[*buckets, block]))
    rule = "s3-must-have-public-access-block"
    assert [diagnostic.urn for diagnostic in response.diagnostics if diagnostic.policyName == rule] == ["urn:open"]


@pytest.mark.parametrize("in_program", [True, False], ids=["literal", "read back from AWS"])
def test_a_literal_input_is_told_from_what_the_cloud_filled_in(security: Running, *, in_program: bool) -> None:
    """The rule blocks ingress rules that the program sets, not those from AWS.

    In the request for the whole stack, both look the same, because a literal has no dependencies. The pack
    distinguishes them by the earlier request for the single resource.
    """
    configure(security, "dev", dry_run=False)
    kind, urn = "aws:ec2/securityGroup:SecurityGroup", f"urn:front-{in_program}"
    ingress = [{"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]}]
    properties = struct({"ingress": ingress} if in_program else {})
    security.stub.Analyze(pb.AnalyzeRequest(type=kind, urn=urn, name="front", properties=properties))
    group = pb.AnalyzerResource(type=kind, urn=urn, name="front", properties=struct({"ingress": ingress}))
    database = pb.AnalyzerResource(
        type=DATABASE,
        urn="urn:db",
        name="db",
        propertyDependencies={"vpcSecurityGroupIds": pb.AnalyzerPropertyDependencies(urns=[urn])},
    )
    response = security.stub.AnalyzeStack(pb.AnalyzeStackRequest(resources=[group, database]))
    rule = "sg-must-let-world-in-at-load-balancers"
    assert [each.urn for each in response.diagnostics if each.policyName == rule] == ["urn:db"] * in_program


def test_configuration_changes_levels_and_settings() -> None:
    with running(ROOT / "policy_packs" / "cost") as pack:
        configure(pack, "dev", dry_run=False)
        dear = {"region": "us-east-1", "instanceClass": "db.m7g.large"}
        assert analyze(pack, DATABASE, dear).diagnostics[0].enforcementLevel == pb.MANDATORY
        name = "cost-must-cap-database-price"
        config = {name: pb.PolicyConfig(enforcementLevel=pb.ADVISORY, properties=struct({"monthlyUsd": {"dev": 120}}))}
        pack.stub.Configure(pb.ConfigureAnalyzerRequest(policyConfig=config))
        (diagnostic,) = analyze(pack, DATABASE, dear).diagnostics
        assert diagnostic.enforcementLevel == pb.ADVISORY
        assert "the ceiling in dev is $120" in diagnostic.message
        config = {name: pb.PolicyConfig(enforcementLevel=pb.DISABLED)}
        pack.stub.Configure(pb.ConfigureAnalyzerRequest(policyConfig=config))
        assert not analyze(pack, DATABASE, dear).diagnostics


def test_a_crash_in_a_rule_blocks_and_names_the_rule(tmp_path: Path) -> None:
    (tmp_path / "rules_broken.py").write_text(
        "from policy_packs.kernel.registry import Level, rule\n\n"
        f'@rule("thing-must-work", on="{BUCKET}", level=Level.ADVISORY)\n'
        "def broken(bucket):\n"
        '    """It never does."""\n'
        '    yield bucket["a"].nonsense\n'
    )
    (tmp_path / "__main__.py").write_text(
        "import rules_broken\n"
        "from policy_packs.kernel.pack import serve\n"
        "from policy_packs.kernel.registry import Pack, collect\n"
        'serve(Pack("broken", "0.0.1", "", collect(rules_broken)))\n'
    )
    with running(tmp_path) as pack:
        (diagnostic,) = analyze(pack, BUCKET, {"a": 1}).diagnostics
    assert diagnostic.policyName == "thing-must-work"
    assert diagnostic.enforcementLevel == pb.MANDATORY
    assert "The rule thing-must-work itself failed (AttributeError at rules_broken.py:6" in diagnostic.message


class Engine(engine_pb2_grpc.EngineServicer):
    """Engine service that keeps the messages that packs log."""

    def __init__(self) -> None:
        self.messages: list[engine_pb2.LogRequest] = []

    def Log(self, request: engine_pb2.LogRequest, _context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: N802  # the protocol's name
        self.messages.append(request)
        return empty_pb2.Empty()


def test_the_reader_of_a_preview_is_told_once_what_waits_for_the_update() -> None:
    engine = Engine()
    server = grpc.server(futures.ThreadPoolExecutor(2))
    engine_pb2_grpc.add_EngineServicer_to_server(engine, server)
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        with running(ROOT / "policy_packs" / "security") as pack:
            pack.stub.Handshake(pb.AnalyzerHandshakeRequest(engine_address=address))
            configure(pack, "dev", dry_run=True)
            rules = {policy.name for policy in pack.stub.GetAnalyzerInfo(empty_pb2.Empty()).policies}
            others = rules - {"kms-must-rotate-keys"}
            disabled = dict.fromkeys(others, pb.PolicyConfig(enforcementLevel=pb.DISABLED))
            pack.stub.Configure(pb.ConfigureAnalyzerRequest(policyConfig=disabled))
            for index in range(7):
                analyze(pack, "aws:kms/key:Key", {"enableKeyRotation": UNKNOWN}, f"key-{index}")
            pack.stub.AnalyzeStack(pb.AnalyzeStackRequest())
            pack.stub.AnalyzeStack(pb.AnalyzeStackRequest())
    finally:
        server.stop(None).wait()
    (note,) = engine.messages
    assert note.severity == engine_pb2.INFO
    assert note.message.splitlines() == [
        "campus-security: rules deferred to the update, when the values that they need will be known:",
        "  kms-must-rotate-keys: "
        + ", ".join(f"key-{index} (enableKeyRotation)" for index in range(5))
        + " and 2 more",
    ]


def test_without_an_engine_the_note_goes_to_the_error_stream() -> None:
    with running(ROOT / "policy_packs" / "security") as pack:
        configure(pack, "dev", dry_run=True)
        analyze(pack, "aws:kms/key:Key", {"enableKeyRotation": UNKNOWN}, "key")
        pack.stub.AnalyzeStack(pb.AnalyzeStackRequest())
        pack.stub.Cancel(empty_pb2.Empty())
        _, errors = pack.process.communicate(timeout=10)
    assert "kms-must-rotate-keys: key (enableKeyRotation)" in errors
