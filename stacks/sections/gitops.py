"""Settings of Argo CD and the Git revisions that it deploys."""

from typing import Annotated

from stacks.sections.fields import Section, matching

Repository = Annotated[str, matching(r"https://[^/\s]+/\S+\.git", "an https:// address of a Git repository (….git)")]
Branch = Annotated[str, matching(r"[\w][\w./-]*", "a branch, tag or commit")]
Pinned = Annotated[
    str, matching(r"v\d+\.\d+\.\d+|[0-9a-f]{40}", "a tag (v1.4.0) or a full commit hash; only dev may follow a branch")
]
ChartVersion = Annotated[str, matching(r"\d+\.\d+\.\d+", "an exact version of a chart, such as 9.1.9")]


class Revisions(Section):
    """Git revision of each environment.

    Releases are promoted from dev to staging, preprod and prod.
    """

    dev: Branch
    staging: Pinned
    preprod: Pinned
    prod: Pinned


class GitOps(Section):
    """The Git repository that Argo CD deploys from, and the version of Argo CD."""

    repository: Repository
    revisions: Revisions
    chart_version: ChartVersion
    """Version of the Argo CD chart."""
