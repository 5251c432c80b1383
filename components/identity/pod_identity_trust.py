"""Trust conditions of an EKS Pod Identity role for one service account."""

from collections.abc import Mapping

import pulumi

SERVICE = "pods.eks.amazonaws.com"
ACTIONS = ("sts:AssumeRole", "sts:TagSession")


def session_tag_conditions(
    cluster: pulumi.Input[str], namespace: str, service_account: str
) -> Mapping[str, pulumi.Input[str]]:
    """Return condition keys and values that match sessions of these pods only.

    EKS tags each session with cluster, namespace and service account (EKS User Guide, "Pod Identity session tags").
    """
    return {
        "aws:RequestTag/eks-cluster-name": cluster,
        "aws:RequestTag/kubernetes-namespace": namespace,
        "aws:RequestTag/kubernetes-service-account": service_account,
    }
