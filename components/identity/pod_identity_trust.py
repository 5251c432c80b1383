"""How EKS Pod Identity hands a role to the pods of one service account, and to nobody else."""

from collections.abc import Mapping

import pulumi

SERVICE = "pods.eks.amazonaws.com"
ACTIONS = ("sts:AssumeRole", "sts:TagSession")


def session_tag_conditions(
    cluster: pulumi.Input[str], namespace: str, service_account: str
) -> Mapping[str, pulumi.Input[str]]:
    """Condition keys and values that hold for sessions of these pods alone.

    EKS tags each session with what it is for (EKS User Guide, "Pod Identity session tags").
    """
    return {
        "aws:RequestTag/eks-cluster-name": cluster,
        "aws:RequestTag/kubernetes-namespace": namespace,
        "aws:RequestTag/kubernetes-service-account": service_account,
    }
