"""A blue-green service behind a load balancer.

The CRD `Rollout` must exist first. GitOps installs Argo Rollouts and the AWS Load Balancer Controller as add-ons; this
program does not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s
from pulumi import CustomTimeouts, ResourceOptions

from components.admission.plan import ROLLOUT_LABEL
from components.base import ComponentArgs, PlatformComponent
from components.delivery.ingress_plan import annotations, ingress_spec
from components.delivery.labels import SELECTOR, labels
from components.delivery.load_balancer_ref import LoadBalancerRef
from components.delivery.rollout_plan import ServicePlan, rollout_spec

HEALTHY = {"pulumi.com/waitFor": "jsonpath={.status.phase}=Healthy"}
"""Annotation that makes an update wait until the new version gets all traffic."""
TIMEOUTS = CustomTimeouts(create="15m", update="60m")
"""Timeouts of the Rollout. An update takes long, because the pauses between the traffic steps add up to 30 minutes."""


@dataclass(frozen=True)
class Scaling:
    """Replica bounds and target CPU utilization of the autoscaler."""

    min_replicas: int
    max_replicas: int
    target_cpu_percent: int


@dataclass(frozen=True, kw_only=True)
class BlueGreenServiceArgs(ComponentArgs):
    """Arguments of one service."""

    plan: ServicePlan
    namespace: pulumi.Input[str]
    hosts: Sequence[str]
    """DNS names of the service. Users use the first name."""
    scaling: Scaling | None
    """Autoscaling; None keeps `plan.replicas`."""
    variables: Mapping[str, pulumi.Input[str]]
    """Environment variables without secrets."""
    load_balancer: LoadBalancerRef


class BlueGreenService(PlatformComponent):
    """A Rollout with its services, Ingress, disruption budget and optional autoscaler.

    With an autoscaler, `spec.replicas` is only the initial value. Later differences are ignored; otherwise every
    `pulumi up` would undo the autoscaling.
    """

    def __init__(self, name: str, args: BlueGreenServiceArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:delivery:BlueGreenService", name, args.context, opts)
        self._name = name
        self._args = args
        self._labels = labels(args.context, args.plan.name)
        before = self._prerequisites()
        rollout = self._rollout(before)
        self._disruption_budget()
        if args.scaling:
            self._autoscaler(args.scaling, rollout)
        self.register_outputs({"host": args.hosts[0]})

    def _metadata(self, name: str, extra: Mapping[str, pulumi.Input[str]] | None = None) -> k8s.meta.v1.ObjectMetaArgs:
        return k8s.meta.v1.ObjectMetaArgs(
            name=name, namespace=self._args.namespace, labels=self._labels, annotations=extra
        )

    def _prerequisites(self) -> list[pulumi.Resource]:
        """Create the resources that must exist before the Rollout."""
        plan = self._args.plan
        account = k8s.core.v1.ServiceAccount(
            self._name,
            metadata=self._metadata(plan.name),
            automount_service_account_token=False,
            opts=self.child_options(),
        )
        variables = k8s.core.v1.ConfigMap(
            self._name, metadata=self._metadata(plan.name), data=self._args.variables, opts=self.child_options()
        )
        colours = [self._endpoint(name, selector_managed=True) for name in (plan.stable, plan.canary)]
        endpoints = [self._endpoint(plan.name, selector_managed=False), *colours]
        return [account, variables, *endpoints, self._ingress()]

    def _endpoint(self, name: str, *, selector_managed: bool) -> k8s.core.v1.Service:
        """Create a NodePort service, through which the load balancer reaches the pods.

        With `selector_managed`, differences in the selector are ignored, because Argo Rollouts changes the selectors
        of the stable and canary services.
        """
        port = k8s.core.v1.ServicePortArgs(name="http", port=80, target_port="http", protocol="TCP")
        suffix = name.removeprefix(self._args.plan.name)
        return k8s.core.v1.Service(
            f"{self._name}{suffix}",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=name,
                namespace=self._args.namespace,
                labels={**self._labels, ROLLOUT_LABEL: self._args.plan.name},
                annotations={"pulumi.com/skipAwait": "true"},
            ),
            spec=k8s.core.v1.ServiceSpecArgs(type="NodePort", selector={SELECTOR: self._args.plan.name}, ports=[port]),
            opts=self.child_options(ResourceOptions(ignore_changes=["spec.selector"] if selector_managed else [])),
        )

    def _ingress(self) -> k8s.networking.v1.Ingress:
        args = self._args
        load_balancer = args.load_balancer
        extra = pulumi.Output.all(load_balancer.security_group, load_balancer.certificate_arn).apply(
            lambda resolved: annotations(
                args.plan.health_path, load_balancer.group, load_balancer.tags, resolved[0], resolved[1]
            )
        )
        metadata = k8s.meta.v1.ObjectMetaArgs(
            name=args.plan.name,
            namespace=args.namespace,
            labels=self._labels,
            annotations=extra.apply(lambda generated: {**generated, "pulumi.com/skipAwait": "true"}),
        )
        return k8s.networking.v1.Ingress(
            self._name, metadata=metadata, spec=ingress_spec(args.hosts, args.plan.name), opts=self.child_options()
        )

    def _rollout(self, before: list[pulumi.Resource]) -> k8s.apiextensions.CustomResource:
        args = self._args
        scaled = ["spec.replicas"] if args.scaling else []
        return k8s.apiextensions.CustomResource(
            self._name,
            api_version="argoproj.io/v1alpha1",
            kind="Rollout",
            metadata=self._metadata(args.plan.name, HEALTHY),
            spec=rollout_spec(args.plan, self._labels, args.plan.name, args.plan.name),
            opts=self.child_options(
                ResourceOptions(depends_on=before, ignore_changes=scaled, custom_timeouts=TIMEOUTS)
            ),
        )

    def _disruption_budget(self) -> None:
        """Allow a quarter of the pods to be unavailable.

        Kubernetes rounds up, so a single replica cannot block a node drain.
        """
        k8s.policy.v1.PodDisruptionBudget(
            self._name,
            metadata=self._metadata(self._args.plan.name),
            spec=k8s.policy.v1.PodDisruptionBudgetSpecArgs(
                max_unavailable="25%",
                selector=k8s.meta.v1.LabelSelectorArgs(match_labels={SELECTOR: self._args.plan.name}),
            ),
            opts=self.child_options(),
        )

    def _autoscaler(self, scaling: Scaling, rollout: k8s.apiextensions.CustomResource) -> None:
        """Scale the Rollout, and with it both colours, by CPU utilization."""
        usage = k8s.autoscaling.v2.MetricTargetArgs(type="Utilization", average_utilization=scaling.target_cpu_percent)
        cpu = k8s.autoscaling.v2.ResourceMetricSourceArgs(name="cpu", target=usage)
        k8s.autoscaling.v2.HorizontalPodAutoscaler(
            self._name,
            metadata=self._metadata(self._args.plan.name),
            spec=k8s.autoscaling.v2.HorizontalPodAutoscalerSpecArgs(
                scale_target_ref=k8s.autoscaling.v2.CrossVersionObjectReferenceArgs(
                    api_version="argoproj.io/v1alpha1", kind="Rollout", name=self._args.plan.name
                ),
                min_replicas=scaling.min_replicas,
                max_replicas=scaling.max_replicas,
                metrics=[k8s.autoscaling.v2.MetricSpecArgs(type="Resource", resource=cpu)],
            ),
            opts=self.child_options(ResourceOptions(depends_on=[rollout])),
        )
