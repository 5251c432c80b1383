"""Argo CD projects and applications: limits on sources, destinations and kinds."""

from collections.abc import Iterator

from policy_packs.kernel.registry import Findings, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.kubernetes_types import with_patches

PROJECT = "kubernetes:argoproj.io/v1alpha1:AppProject"
APPLICATION = "kubernetes:argoproj.io/v1alpha1:Application"
DEFAULT_PROJECT = "default"
GLOB_CHARACTERS = frozenset("*?[{")
LIMITS = (
    ("spec.destinations", ("namespace", "server", "name")),
    ("spec.destinationServiceAccounts", ("namespace", "server")),
    ("spec.clusterResourceWhitelist", ("group", "kind", "name")),
    ("spec.namespaceResourceWhitelist", ("group", "kind")),
)
"""Lists of objects that limit a project, with the keys that accept wildcards."""


@rule("argocd-projects-must-name-their-limits", on=with_patches(PROJECT))
def limited_projects(project: Resource) -> Findings:
    """Argo CD deploys with its own permissions, so a project limits what a commit can change.

    Source: Argo CD documentation, "Projects", "Applications in any namespace" and "Application sync using
    impersonation".
    """
    for path, value in _limits(project):
        # A text between slashes is a regular expression.
        if GLOB_CHARACTERS & set(value) or (value.startswith("/") and value.endswith("/")):
            yield f"{path} contains the wildcard {value}. List each value that is needed."


@rule("argocd-applications-must-be-in-a-limited-project", on=with_patches(APPLICATION))
def applications_in_projects(application: Resource) -> Findings:
    """Argo CD creates the project `default` without limits, and every Application may use it."""
    project = application.text("spec.project")
    if project is None and application.type != APPLICATION:
        return
    if (project or DEFAULT_PROJECT) == DEFAULT_PROJECT:
        yield "The Application is in the project 'default'. Set spec.project to a project with limits."


def _limits(project: Resource) -> Iterator[tuple[str, str]]:
    """Yield every name in the lists that limit a project, with the list's path."""
    for path in ("spec.sourceRepos", "spec.sourceNamespaces"):
        for value in project.texts(path):
            yield path, value
    for path, keys in LIMITS:
        for entry in project.each(path):
            for key in keys:
                if (text := entry.text(key)) is not None:
                    yield path, text
