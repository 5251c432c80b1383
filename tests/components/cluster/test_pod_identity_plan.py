"""IAM permissions of a cluster's system pods."""

from fnmatch import fnmatchcase

import pytest
import yaml

from components.cluster.load_balancer_controller_plan import load_balancer_controller_statements
from components.cluster.pod_identity_plan import (
    IDENTITIES_AFTER_NODES,
    IDENTITIES_BEFORE_NODES,
    ClusterRef,
    PodIdentityPlan,
    autoscaler_statements,
    disk_statements,
)
from components.identity.documents import Statement
from operations.recording import PROJECT

CLUSTER = ClusterRef("111122223333", "us-west-2", "campus-prod-dr")
ALL = (*IDENTITIES_BEFORE_NODES, *IDENTITIES_AFTER_NODES)
DESTRUCTIVE = ("Delete", "Terminate", "SetDesired", "Modify")


def _statements(plan: PodIdentityPlan) -> list[Statement]:
    return [*plan.statements(CLUSTER), *(disk_statements("arn:key") if plan.uses_disk_key else ())]


@pytest.mark.parametrize("plan", ALL, ids=lambda plan: plan.name)
def test_a_role_is_for_one_service_account_of_one_cluster(plan: PodIdentityPlan) -> None:
    assert plan.trust_keys(CLUSTER) == {
        "aws:RequestTag/eks-cluster-name": "campus-prod-dr",
        "aws:RequestTag/kubernetes-namespace": "kube-system",
        "aws:RequestTag/kubernetes-service-account": plan.service_account,
    }


def test_no_two_roles_are_for_the_same_pods() -> None:
    accounts = [(plan.namespace, plan.service_account) for plan in ALL]
    assert len(set(accounts)) == len(accounts) == 4


@pytest.mark.parametrize("plan", ALL, ids=lambda plan: plan.name)
def test_every_role_has_permissions_but_no_service_wildcard(plan: PodIdentityPlan) -> None:
    statements = _statements(plan)
    assert plan.managed or statements
    assert [action for each in statements for action in each.actions if fnmatchcase("any:Thing", action)] == []
    allowing = [each for each in statements if each.effect == "Allow"]
    assert [action for each in allowing for action in each.actions if action.endswith(":*")] == []


@pytest.mark.parametrize("plan", ALL, ids=lambda plan: plan.name)
def test_destructive_actions_are_limited_by_resource_or_condition(plan: PodIdentityPlan) -> None:
    for statement in _statements(plan):
        if any(word in action for action in statement.actions for word in DESTRUCTIVE):
            assert statement.conditions or "*" not in statement.resources


def test_the_autoscaler_resizes_groups_of_its_own_cluster_only() -> None:
    resize = next(each for each in autoscaler_statements(CLUSTER) if each.sid == "Resize")
    assert resize.resources == ["arn:aws:autoscaling:us-west-2:111122223333:autoScalingGroup:*"]
    assert resize.conditions == {"StringEquals": {"aws:ResourceTag/k8s.io/cluster-autoscaler/campus-prod-dr": "owned"}}


def test_the_controller_cannot_change_load_balancers_of_other_clusters() -> None:
    statements = {
        each.sid: each for each in load_balancer_controller_statements("111122223333", "us-west-2", "campus-prod-dr")
    }
    owned = {"StringEquals": {"aws:ResourceTag/elbv2.k8s.aws/cluster": "campus-prod-dr"}}
    assert {sid for sid, each in statements.items() if each.conditions == owned} == {
        "Retag",
        "ChangeOwn",
        "OwnSecurityGroups",
    }
    assert "elasticloadbalancing:DeleteLoadBalancer" in statements["ChangeOwn"].actions
    asked = statements["Create"].conditions["StringEquals"]
    assert asked == {"aws:RequestTag/elbv2.k8s.aws/cluster": "campus-prod-dr"}


def test_disk_key_grants_are_for_aws_services_only() -> None:
    grant = next(each for each in disk_statements("arn:key") if each.sid == "GrantKey")
    assert (grant.resources, grant.conditions) == (["arn:key"], {"Bool": {"kms:GrantIsForAWSResource": "true"}})


def test_the_controller_has_no_waf_permissions() -> None:
    statements = load_balancer_controller_statements("111122223333", "us-west-2", "campus-prod-dr")
    actions = [action.lower() for each in statements for action in each.actions]
    assert [action for action in actions if "waf" in action or "webacl" in action] == []
    off = yaml.safe_load((PROJECT / "gitops/values/aws-load-balancer-controller/common.yaml").read_text())
    assert {off["enableWaf"], off["enableWafv2"], off["enableShield"]} == {False}
