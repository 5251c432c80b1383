"""Each role can make the requests that it needs, and none of the attacks."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from operations.bootstrap.context import AccountContext
from operations.bootstrap.run import PLATFORM, context_from
from operations.iam.evaluation import Document
from operations.iam.roles.entries import MissingEntryError, entries, entry_of
from operations.iam.roles.managed import UnknownManagedPolicyError, managed_policy
from operations.iam.roles.proof import RoleProof, answers_of, assumptions_of, prove_roles
from operations.iam.roles.recorded import RecordedPolicies, RecordedRole, recorded_policies
from stacks.requirements import Environment
from tests.stacks.graph import Graph

ROLES = {"dev": 14, "staging": 15, "preprod": 26, "prod": 26}
REDUNDANT = {
    "the key's policy has the same condition": {
        ("service-alerts", "1", "kms:ViaService"),
        ("vault-snapshots", "1", "kms:ViaService"),
        ("evidence-replication", "3", "kms:ViaService"),
        ("evidence-replication", "4", "kms:ViaService"),
    },
    "AmazonEKSClusterPolicy allows the same": {("cluster", "0", "kms:DescribeKey")},
    "only load balancers and target groups support the actions": {
        ("pods-load-balancer-controller", "ChangeOwn", "any resource")
    },
    "nothing else allows these actions; the denial is for policies that somebody attaches": {
        ("on-call", "Never", "denial")
    },
}
"""Bad edits that change no answer, by reason: role, statement, and action, condition key or `denial`."""


def context_of(graph: Graph) -> AccountContext:
    return context_from(PLATFORM, graph.exports["environment"])


@pytest.fixture(scope="module")
def policies(any_environment: Graph) -> RecordedPolicies:
    return recorded_policies(any_environment)


@pytest.fixture(scope="module")
def proof(any_environment: Graph, policies: RecordedPolicies) -> RoleProof:
    return prove_roles(policies, context_of(any_environment))


def test_every_role_can_do_what_it_must_and_nothing_that_it_must_not(any_environment: Graph, proof: RoleProof) -> None:
    assert proof.roles == ROLES[any_environment.exports["environment"]]
    assert proof.needed >= 15 * proof.roles
    assert proof.stopped >= 150 * proof.roles
    assert len(proof.assumptions) >= 15 * proof.roles
    assert proof.wrong == ()
    assert len(proof.excused) <= 1.3 * proof.roles, "a new exception needs a review of this bound"


def test_no_inline_policy_grants_an_action_that_nothing_needs(proof: RoleProof) -> None:
    assert proof.unused == ()


def test_each_pod_role_is_associated_with_the_reviewed_service_account_only(
    any_environment: Graph, policies: RecordedPolicies
) -> None:
    context = context_of(any_environment)
    reviewed = {}
    for role in policies.roles:
        if pods := entry_of(role, context).assumed_by.get("pods"):
            cluster = f"campus-{context.environment}{'-dr' if '-dr' in role.name else ''}"
            reviewed[role.arn] = (cluster, *pods.split("/"))
    associated = [(each.role, (each.cluster, each.namespace, each.service_account)) for each in policies.associations]
    assert sorted(associated) == sorted(reviewed.items())


def test_every_entry_belongs_to_a_role_of_some_environment(
    dev: Graph, staging: Graph, preprod: Graph, prod: Graph
) -> None:
    used = {
        entry_of(role, context_of(graph)).kind
        for graph in (dev, staging, preprod, prod)
        for role in recorded_policies(graph).roles
    }
    assert used == set(entries())
    assert all(entry.source and entry.needs and entry.never for entry in entries().values())


def test_a_role_without_reviewed_requests_is_refused(prod: Graph) -> None:
    policies = recorded_policies(prod)
    new = replace(policies.roles[0], name="campus-prod-service-new")
    with pytest.raises(MissingEntryError, match="service-new"):
        prove_roles(replace(policies, roles=(*policies.roles, new)), context_of(prod))


def test_a_managed_policy_that_aws_does_not_have_is_refused() -> None:
    assert managed_policy("arn:aws:iam::aws:policy/AmazonEBSCSIDriverPolicyV2")["Statement"]
    for arn in ("service-role/AmazonEBSCSIDriverPolicyV2", "AmazonEBSCSIDriverPolicyV9"):
        with pytest.raises(UnknownManagedPolicyError):
            managed_policy(f"arn:aws:iam::aws:policy/{arn}")


@pytest.fixture(scope="module")
def distinct(prod: Graph) -> tuple[RecordedPolicies, tuple[RecordedRole, ...]]:
    """Return prod's policies, and its roles without those that repeat another role.

    Roles of the DR region repeat the primary region's, and all replication roles have the same permissions.
    """
    policies, context = recorded_policies(prod), context_of(prod)
    of_replication = {"trail-replication", "configuration-history-replication", "vault-snapshots-replication"}
    return policies, tuple(
        role for role in policies.roles if "-dr" not in role.name and entry_of(role, context).kind not in of_replication
    )


def test_every_bad_edit_of_an_inline_policy_is_noticed(
    distinct: tuple[RecordedPolicies, tuple[RecordedRole, ...]],
) -> None:
    policies, roles = distinct
    context = context_from(PLATFORM, Environment.PROD)
    edits = unnoticed = 0
    stopped_elsewhere = set()
    for role in roles:
        kind = entry_of(role, context).kind
        for sid, detail, edited in bad_edits(role):
            edits += 1
            if any(each.is_wrong for each in answers_of(role.with_inline(edited), policies, context)):
                continue
            stopped_elsewhere.add((kind, sid, detail))
            unnoticed += 1
    assert stopped_elsewhere == set().union(*REDUNDANT.values())
    assert edits >= 120
    assert unnoticed == len(stopped_elsewhere)


def bad_edits(role: RecordedRole) -> Iterator[tuple[str, str, Document]]:
    """Yield (statement, edit, edited policy) for edits of a role's inline policies.

    Each edit removes one action, condition key or denial, or widens one resource.
    """
    for document in role.inline:
        for number, statement in enumerate(document["Statement"]):
            sid = statement.get("Sid", str(number))
            if statement["Effect"] == "Deny":
                yield sid, "denial", edit(document, number, {"Action": ["none:None"]})
                continue
            for action in statement["Action"]:
                left = [each for each in statement["Action"] if each != action] or ["none:None"]
                yield sid, action, edit(document, number, {"Action": left})
            if statement["Resource"] not in ("*", ["*"]):
                yield sid, "any resource", edit(document, number, {"Resource": ["*"]})
            for operator, keys in statement.get("Condition", {}).items():
                for key in keys:
                    condition = deepcopy(statement["Condition"])
                    del condition[operator][key]
                    yield sid, key, edit(document, number, {"Condition": condition})


def edit(document: Document, number: int, change: Mapping[str, Any]) -> Document:
    edited = deepcopy(dict(document))
    edited["Statement"][number] |= change
    return edited


def test_every_bad_edit_of_a_trust_policy_is_noticed(
    distinct: tuple[RecordedPolicies, tuple[RecordedRole, ...]],
) -> None:
    context = context_from(PLATFORM, Environment.PROD)
    edits = 0
    for role in distinct[1]:
        for edited in bad_trusts(role.trust):
            edits += 1
            changed = replace(role, trust=edited)
            assert any(each.is_wrong for each in assumptions_of(changed, context)), (role.name, edited)
    assert edits >= 40


def bad_trusts(trust: Document) -> Iterator[Document]:
    """Yield trust policies with one edit, which removes or widens an element."""
    for number, statement in enumerate(trust["Statement"]):
        yield edit(trust, number, {"Principal": "*"})
        for operator, keys in statement.get("Condition", {}).items():
            for key in keys:
                condition = deepcopy(statement["Condition"])
                del condition[operator][key]
                yield edit(trust, number, {"Condition": condition})
        for action in statement["Action"] if len(trust["Statement"]) == 1 else ():
            yield edit(trust, number, {"Action": [each for each in statement["Action"] if each != action]})
