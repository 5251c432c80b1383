"""Admission policies in CEL for pods and workloads in teams' namespaces.

Pod Security Admission rejects only pods, so it accepts a Deployment whose pods can never be created. These policies
also check every resource that creates pods. They cover what Pod Security does not: images, resource requests and
limits, and probes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from components.delivery.labels import PREFIX
from components.delivery.manifest import Manifest
from components.delivery.priorities import Priority
from components.delivery.rollout_plan import COLOUR_SUFFIXES

TEAM_NAMESPACE = f"{PREFIX}/namespace"
"""Label that marks a namespace as subject to the policies; its value is `team`."""
IMAGE_REPOSITORIES = f"{PREFIX}/image-repositories"
"""Annotation of a team's namespace: allowed image repositories, separated by commas.

In a namespace without this annotation, no image is allowed.
"""
ROLLOUT_LABEL = f"{PREFIX}/rollout"
"""Label that names the Rollout behind a NodePort Service."""


class PodSecurity(StrEnum):
    """Pod Security Admission level of a team; `privileged` is not allowed."""

    BASELINE = "baseline"
    RESTRICTED = "restricted"


@dataclass(frozen=True)
class ApiResources:
    """Resource types of one API group."""

    group: str
    version: str
    resources: tuple[str, ...]

    def rule(self) -> Manifest:
        """Return the entry for `matchConstraints.resourceRules`."""
        return {
            "apiGroups": [self.group],
            "apiVersions": [self.version],
            "operations": ["CREATE", "UPDATE"],
            "resources": list(self.resources),
        }


@dataclass(frozen=True)
class Validation:
    """A condition and the message for objects that violate it, as CEL expressions."""

    expression: str
    message_expression: str

    def validation(self) -> Manifest:
        """Return the entry for `validations`."""
        return {"expression": self.expression, "messageExpression": self.message_expression, "reason": "Forbidden"}


@dataclass(frozen=True)
class AdmissionPlan:
    """Matched resources, variables and validations of one admission policy."""

    name: str
    kinds: tuple[ApiResources, ...]
    checks: tuple[Validation, ...]
    variables: Mapping[str, str] = field(default_factory=dict)

    def spec(self) -> Manifest:
        """Return the policy's spec. If a check fails with an error, the request is denied."""
        return {
            "failurePolicy": "Fail",
            "matchConstraints": {"resourceRules": [kinds.rule() for kinds in self.kinds]},
            "variables": [{"name": name, "expression": text} for name, text in self.variables.items()],
            "validations": [check.validation() for check in self.checks],
        }

    def binding(self) -> Manifest:
        """Return the binding's spec, which enforces the policy in teams' namespaces."""
        return {
            "policyName": self.name,
            "validationActions": ["Deny"],
            "matchResources": {"namespaceSelector": {"matchLabels": {TEAM_NAMESPACE: "team"}}},
        }


LONG_RUNNING_WORKLOADS = (
    ApiResources("apps", "v1", ("deployments", "replicasets", "statefulsets", "daemonsets")),
    ApiResources("argoproj.io", "v1alpha1", ("rollouts",)),
)
"""Workloads whose pods must run permanently and therefore need probes."""
POD_WORKLOADS = (
    *LONG_RUNNING_WORKLOADS,
    ApiResources("", "v1", ("pods", "replicationcontrollers")),
    ApiResources("batch", "v1", ("jobs", "cronjobs")),
)
POD_WORKLOADS_AND_DEBUG_CONTAINERS = (*POD_WORKLOADS, ApiResources("", "v1", ("pods/ephemeralcontainers",)))

_POD = {
    "pod": (
        "object.kind == 'Pod' ? object.spec : "
        "object.kind == 'CronJob' ? object.spec.jobTemplate.spec.template.spec : "
        "object.spec.?template.?spec.orValue({})"
    ),
    "lasting": "variables.pod.?containers.orValue([]) + variables.pod.?initContainers.orValue([])",
    "all": "variables.lasting + variables.pod.?ephemeralContainers.orValue([])",
}
_ALLOWED = (
    f"namespaceObject.metadata.?annotations[?'{IMAGE_REPOSITORIES}'].orValue('')"
    ".split(',').filter(repository, repository != '')"
)


def _every_container(containers: str, good: str, complaint: str) -> Validation:
    """Return a check that every container in a CEL variable meets a condition.

    `containers` is the name of the variable and `good` the condition in CEL, in which `c` is the container. The
    message names the containers that violate the condition, followed by `complaint`.
    """
    bad = f"variables.{containers}.filter(c, !({good})).map(c, c.name).join(', ')"
    return Validation(f"variables.{containers}.all(c, {good})", f"'container ' + {bad} + ' {complaint}'")


def _object_check(expression: str, message: str) -> Validation:
    return Validation(expression, f"'{message}'")


_PINNED = (
    "c.?image.orValue('').contains('@sha256:') || "
    "(c.?image.orValue('').matches(':[^/:@]+$') && !c.image.endsWith(':latest'))"
)
_KNOWN = "variables.allowed.exists(repository, c.?image.orValue('').startsWith(repository))"
_SIZED = " && ".join(
    f"c.?resources.?{bound}.?{amount}.hasValue()" for bound in ("requests", "limits") for amount in ("cpu", "memory")
)
_OURS = ", ".join(f"'{priority}'" for priority in Priority)
_HOST = " && ".join(f"!variables.pod.?{switch}.orValue(false)" for switch in ("hostNetwork", "hostPID", "hostIPC"))
_PORTS = " || ".join(
    f"object.metadata.name == object.metadata.labels['{ROLLOUT_LABEL}'] + '{colour}'"
    for colour in ("", *COLOUR_SUFFIXES)
)

POLICIES = (
    AdmissionPlan(
        "campus-images",
        POD_WORKLOADS_AND_DEBUG_CONTAINERS,
        (
            _every_container(
                "all", _PINNED, "runs an image without a version; name a tag other than latest, or a digest"
            ),
            Validation(
                f"variables.all.all(c, {_KNOWN})",
                f"'container ' + variables.all.filter(c, !({_KNOWN})).map(c, c.name).join(', ') + "
                "' runs an image from a repository that this namespace does not allow; use an image from ' + "
                "variables.allowed.join(', ')",
            ),
        ),
        {**_POD, "allowed": _ALLOWED},
    ),
    AdmissionPlan(
        "campus-sizes",
        POD_WORKLOADS,
        (_every_container("lasting", _SIZED, "must set requests and limits of cpu and memory"),),
        _POD,
    ),
    AdmissionPlan(
        "campus-probes",
        LONG_RUNNING_WORKLOADS,
        (
            Validation(
                "variables.pod.?containers.orValue([]).all(c, has(c.readinessProbe) && has(c.livenessProbe))",
                "'container ' + variables.pod.?containers.orValue([])"
                ".filter(c, !(has(c.readinessProbe) && has(c.livenessProbe))).map(c, c.name).join(', ') + "
                "' must have a readinessProbe and a livenessProbe'",
            ),
        ),
        _POD,
    ),
    AdmissionPlan(
        "campus-isolation",
        POD_WORKLOADS_AND_DEBUG_CONTAINERS,
        (
            _object_check(_HOST, "hostNetwork, hostPID and hostIPC must be off"),
            _object_check(
                "!variables.pod.?volumes.orValue([]).exists(volume, has(volume.hostPath))",
                "hostPath volumes expose the file system of the node; use another type of volume",
            ),
            _every_container("all", "!c.?securityContext.?privileged.orValue(false)", "must not be privileged"),
            _every_container(
                "all",
                "!c.?securityContext.?allowPrivilegeEscalation.orValue(true)",
                "must set securityContext.allowPrivilegeEscalation to false",
            ),
            _every_container(
                "all",
                "c.?securityContext.?readOnlyRootFilesystem.orValue(false)",
                "must set securityContext.readOnlyRootFilesystem to true",
            ),
            _every_container(
                "all",
                "c.?securityContext.?runAsNonRoot.orValue(variables.pod.?securityContext.?runAsNonRoot.orValue(false))",
                "must set securityContext.runAsNonRoot to true",
            ),
            _object_check(
                "!(variables.pod.?serviceAccountName.orValue('default') in ['', 'default'])",
                "serviceAccountName must name a service account other than default",
            ),
            _object_check(
                f"variables.pod.?priorityClassName.orValue('') in ['', {_OURS}]",
                f"priorityClassName must be one of {', '.join(Priority)}",
            ),
        ),
        _POD,
    ),
    AdmissionPlan(
        "campus-services",
        (ApiResources("", "v1", ("services",)),),
        (
            _object_check(
                "!(object.spec.?type.orValue('ClusterIP') in ['LoadBalancer', 'ExternalName'])",
                "a Service of type LoadBalancer or ExternalName bypasses the Ingress; use ClusterIP and an Ingress",
            ),
            _object_check(
                "object.spec.?externalIPs.orValue([]).size() == 0",
                "externalIPs can intercept traffic to other addresses; remove them",
            ),
            _object_check(
                "object.spec.?type.orValue('ClusterIP') != 'NodePort' || "
                f"(object.metadata.?labels[?'{ROLLOUT_LABEL}'].hasValue() && ({_PORTS}))",
                f"only the three Services of the Rollout that the label {ROLLOUT_LABEL} names may have type NodePort",
            ),
        ),
    ),
)
"""All admission policies.

The namespaces of Kubernetes and of the platform's add-ons are exempt, because they do not carry the team label.
"""


def namespace_annotations(repositories: Iterable[str]) -> dict[str, str]:
    """Return the annotations that admission requires of a team's namespace."""
    return {IMAGE_REPOSITORIES: ",".join(repositories)}
