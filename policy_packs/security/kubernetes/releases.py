"""Helm releases: from a known repository, in a fixed version."""

import re

from policy_packs.kernel.registry import Findings, rule
from policy_packs.kernel.resource import Resource

RELEASE = "kubernetes:helm.sh/v3:Release"
_FIXED_VERSION = re.compile(r"v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?")
_LOCAL = ("./", "../", "/")
_ENCRYPTED = ("https://", "oci://")


@rule("k8s-releases-must-pin-charts", on=RELEASE)
def pinned_charts(release: Resource) -> Findings:
    """The policy packs can't see a chart's contents, so the installed version must be the reviewed version.

    Admission policies and Pod Security Admission judge the resources that the chart creates.
    """
    chart = release.text("chart") or ""
    repository = release.text("repositoryOpts.repo")
    if repository is None and chart.startswith(_LOCAL):
        return
    if repository is None and "://" not in chart:
        yield "The chart has no repository. Set repository_opts.repo to an https:// or oci:// address."
    elif not (repository or chart).startswith(_ENCRYPTED):
        yield f"The chart's repository {repository or chart} is not encrypted. Use https:// or oci://."
    version = release.text("version")
    if version is None or not _FIXED_VERSION.fullmatch(version):
        yield f"The chart's version is {version or 'not set'}. Set `version` to a single version, such as 9.1.9."


@rule("k8s-releases-must-not-create-namespaces", on=RELEASE)
def no_namespaces(release: Resource) -> Findings:
    """Helm creates a namespace without labels for Pod Security, without a quota and without network policies."""
    if release.flag("createNamespace"):
        yield "createNamespace is on. Turn it off, and create the namespace in the program."


@rule("k8s-releases-must-not-be-rewritten", on=RELEASE)
def not_rewritten(release: Resource) -> Findings:
    """A program that rewrites a chart's objects can change all of them after the chart was reviewed.

    It also runs on the machine that deploys, with the deployer's permissions.
    """
    if release.text("postrender"):
        yield "postrender names a program that rewrites the chart's objects. Remove it, and set the chart's values."
