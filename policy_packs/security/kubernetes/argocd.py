"""Argo CD projects and applications: limits on sources, destinations and kinds."""

from collections.abc import Iterator

from policy_packs.kernel.registry import Findings, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.kubernetes_types import with_patches

PROJECT = "kubernetes:argoproj.io/v1alpha1:AppProject"
APPLICATION = "kubernetes:argoproj.io/v1alpha1:Application"
DEFAULT_PROJECT = "default"


@rule("argocd-projects-must-name-their-limits", on=with_patches(PROJECT))
def limited_projects(project: Resource) -> Findings:
    """Argo CD deploys with its own permissions, so a project limits what a commit can change."""
    for path, value in _limits(project):
        if "*" in value:
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
    for value in project.texts("spec.sourceRepos"):
        yield "spec.sourceRepos", value
    for path, keys in (
        ("spec.destinations", ("namespace", "server", "name")),
        ("spec.clusterResourceWhitelist", ("group", "kind")),
    ):
        for entry in project.each(path):
            for key in keys:
                if (text := entry.text(key)) is not None:
                    yield path, text
