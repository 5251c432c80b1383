"""The identity under which Vault asks Kubernetes whether a service account's token is genuine."""

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
    """Nothing but its place."""


class TokenReviewer(PlatformComponent):
    """A service account that may review tokens and do nothing else, with a token that does not expire.

    It lives in a namespace of its own: whoever may make pods beside it could take it over. Vault runs outside the
    cluster and cannot use a short-lived token of its own pod.

    Outputs: token (secret).
    """

    def __init__(self, name: str, args: TokenReviewerArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:secrets:TokenReviewer", name, args.context, opts)
        marks = labels(args.context, NAME)
        namespace = k8s.core.v1.Namespace(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=NAMESPACE, labels={**marks, "pod-security.kubernetes.io/enforce": "restricted"}
            ),
            opts=self.child_options(),
        )
        # Nobody can make a pod beside the reviewer, whatever roles they have.
        k8s.core.v1.ResourceQuota(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(name=NAME, namespace=namespace.metadata.name, labels=marks),
            spec=k8s.core.v1.ResourceQuotaSpecArgs(hard={"pods": "0"}),
            opts=self.child_options(),
        )
        account = k8s.core.v1.ServiceAccount(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(name=NAME, namespace=namespace.metadata.name, labels=marks),
            automount_service_account_token=False,
            opts=self.child_options(),
        )
        k8s.rbac.v1.ClusterRoleBinding(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(name=NAME, labels=marks),
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
                labels=marks,
                annotations={"kubernetes.io/service-account.name": account.metadata.name},
            ),
            opts=self.child_options(),
        )
        encoded = secret.data.apply(lambda held: (held or {}).get("token", ""))
        self.token: pulumi.Output[str] = pulumi.Output.secret(encoded.apply(lambda text: b64decode(text).decode()))
        self.register_outputs({})
