"""EKS control plane of one cluster."""

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import cloudwatch, eks

from components.base import PlatformComponent
from components.cluster.args import AccessGrant, ClusterArgs
from components.cluster.plan import ADMIN_POLICY, LOG_TYPES, kubeconfig
from components.identity.documents import Statement
from components.identity.role import ServiceRole, ServiceRoleArgs


class Cluster(PlatformComponent):
    """One control plane and its access entries.

    Only access entries grant access (`authentication_mode="API"`), because a mistake in the aws-auth ConfigMap would
    lock everyone out. The creator's implicit admin permissions are disabled, so `administrators` must include the
    deploying role. People get no AWS access policy; RBAC grants permissions to their Kubernetes groups.

    Outputs: aws_name (plain text), name, arn, endpoint, authority (base64), security_group_id (the cluster security
    group, which nodes need), kubeconfig (resolves only after the administrators have access).
    """

    def __init__(self, name: str, args: ClusterArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:cluster:Cluster", name, args.context, opts)
        self._name = name
        self._args = args
        self.cluster = self._control_plane(self._role(), self._log_group())
        entries = [self._administrator(role) for role in args.administrators]
        for grant in args.people:
            self._person(grant)
        self.aws_name = args.cluster_name
        self.name = self.cluster.name
        self.arn = self.cluster.arn
        self.endpoint = self.cluster.endpoint
        self.authority: pulumi.Output[str] = self.cluster.certificate_authority.apply(
            lambda authority: authority.data or ""
        )
        self.security_group_id: pulumi.Output[str] = self.cluster.vpc_config.apply(
            lambda network: network.cluster_security_group_id or ""
        )
        self.kubeconfig: pulumi.Output[str] = pulumi.Output.all(
            self.name, args.context.region, self.endpoint, self.authority, *(entry.id for entry in entries)
        ).apply(lambda parts: kubeconfig(*parts[:4]))
        self.register_outputs({"name": self.name, "endpoint": self.endpoint})

    def _role(self) -> ServiceRole:
        envelope = Statement(
            actions=["kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"],
            resources=[self._args.secrets_key],
        )
        return ServiceRole(
            f"{self._name}-role",
            ServiceRoleArgs(
                context=self.context,
                role=f"cluster{self._args.suffix}",
                service="eks.amazonaws.com",
                managed=["AmazonEKSClusterPolicy"],
                statements=[envelope],
            ),
            self.child_options(),
        )

    def _log_group(self) -> cloudwatch.LogGroup:
        """Create the control plane's log group, which must exist before the cluster.

        Otherwise EKS creates the group unencrypted and without a retention period.
        """
        return cloudwatch.LogGroup(
            f"{self._name}-control-plane",
            name=f"/aws/eks/{self._args.cluster_name}/cluster",
            kms_key_id=self._args.logs_key,
            retention_in_days=self._args.log_retention_days,
            **self.child(f"control-plane-logs{self._args.suffix}"),
        )

    def _control_plane(self, role: ServiceRole, logs: cloudwatch.LogGroup) -> eks.Cluster:
        args = self._args
        return eks.Cluster(
            self._name,
            name=args.cluster_name,
            version=args.version,
            role_arn=role.arn,
            access_config=eks.ClusterAccessConfigArgs(
                authentication_mode="API", bootstrap_cluster_creator_admin_permissions=False
            ),
            bootstrap_self_managed_addons=False,
            deletion_protection=args.deletion_protection,
            enabled_cluster_log_types=list(LOG_TYPES),
            encryption_config=eks.ClusterEncryptionConfigArgs(
                provider=eks.ClusterEncryptionConfigProviderArgs(key_arn=args.secrets_key), resources=["secrets"]
            ),
            vpc_config=eks.ClusterVpcConfigArgs(
                subnet_ids=args.subnet_ids,
                endpoint_private_access=True,
                endpoint_public_access=bool(args.public_access_cidrs),
                public_access_cidrs=list(args.public_access_cidrs) or None,
            ),
            upgrade_policy=eks.ClusterUpgradePolicyArgs(support_type="STANDARD"),
            **self.child(f"cluster{args.suffix}", ResourceOptions(depends_on=[logs])),
        )

    def _administrator(self, role: str) -> eks.AccessPolicyAssociation:
        principal = f"arn:aws:iam::{self.context.account}:role/{self.context.resource_name(role)}"
        entry = eks.AccessEntry(
            f"{self._name}-{role}",
            cluster_name=self.cluster.name,
            principal_arn=principal,
            type="STANDARD",
            **self.child(f"access-{role}"),
        )
        return eks.AccessPolicyAssociation(
            f"{self._name}-{role}",
            cluster_name=self.cluster.name,
            principal_arn=entry.principal_arn,
            policy_arn=ADMIN_POLICY,
            access_scope=eks.AccessPolicyAssociationAccessScopeArgs(type="cluster"),
            **self.untagged(),
        )

    def _person(self, grant: AccessGrant) -> None:
        eks.AccessEntry(
            f"{self._name}-{grant.label}",
            cluster_name=self.cluster.name,
            principal_arn=grant.principal_arn,
            kubernetes_groups=list(grant.groups),
            type="STANDARD",
            **self.child(f"access-{grant.label}"),
        )
