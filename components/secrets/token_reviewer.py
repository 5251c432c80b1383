"""Service account with which Vault verifies other service accounts' tokens."""

from base64 import b64decode
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s
from pulumi import ResourceOptions

from components.base import ComponentArgs, PlatformComponent
from components.delivery.labels import labels

NAME = "vault-token-reviewer"
NAMESPACE = "vault-auth"


@dataclass(frozen=True, kw_only=True)
class TokenReviewerArgs(ComponentArgs):
    """No arguments besides the deployment context."""


class TokenReviewer(PlatformComponent):
    """Service account that can only review tokens.

    The account has its own namespace, because a principal that can create pods in a namespace can use the service
    accounts there. The account's token does not expire: Vault runs outside the cluster, so Kubernetes cannot give it a
    pod's short-lived token.

    Outputs: token (secret).
    """

    def __init__(self, name: str, args: TokenReviewerArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:secrets:TokenReviewer", name, args.context, opts)
        object_labels = labels(args.context, NAME)
        namespace = k8s.core.v1.Namespace(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=NAMESPACE, labels={**object_labels, "pod-security.kubernetes.io/enforce": "restricted"}
            ),
            opts=self.child_options(),
        )
        # With this quota, nobody can create a pod in the namespace, whatever their roles allow.
        k8s.core.v1.ResourceQuota(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(name=NAME, namespace=namespace.metadata.name, labels=object_labels),
            spec=k8s.core.v1.ResourceQuotaSpecArgs(hard={"pods": "0"}),
            opts=self.child_options(),
        )
        account = k8s.core.v1.ServiceAccount(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(name=NAME, namespace=namespace.metadata.name, labels=object_labels),
            automount_service_account_token=False,
            opts=self.child_options(),
        )
        k8s.rbac.v1.ClusterRoleBinding(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(name=NAME, labels=object_labels),
            role_ref=k8s.rbac.v1.RoleRefArgs(
                api_group="rbac.authorization.k8s.io", kind="ClusterRole", name="system:auth-delegator"
            ),
            subjects=[k8s.rbac.v1.SubjectArgs(kind="ServiceAccount", name=NAME, namespace=namespace.metadata.name)],
            opts=self.child_options(),
        )
        secret = k8s.core.v1.Secret(
            name,
            type="kubernetes.io/service-account-token",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=NAME,
                namespace=namespace.metadata.name,
                labels=object_labels,
                annotations={"kubernetes.io/service-account.name": account.metadata.name},
            ),
            opts=self.child_options(),
        )
        encoded = secret.data.apply(lambda data: (data or {}).get("token", ""))
        self.token: pulumi.Output[str] = pulumi.Output.secret(encoded.apply(lambda text: b64decode(text).decode()))
        self.register_outputs({})
