"""Table of the command-line tools: accepted versions and build settings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Version = tuple[int, ...]
"""Version numbers, most significant first: (3, 250, 0)."""

GO_AT_LEAST: Version = (1, 25, 11)
"""Oldest Go that builds every tool: no go.mod requires a newer one."""


def parse_version(text: str) -> Version:
    """Parse a dotted version with or without "v" and suffix.

    "v1.34.2+k3s1" is (1, 34, 2); a text without a number is ().
    """
    match = re.match(r"v?(\d+(?:\.\d+)*)", text)
    return tuple(int(part) for part in match[1].split(".")) if match else ()


@dataclass(frozen=True)
class VersionRange:
    """Versions from `at_least` (included) to `below` (excluded)."""

    at_least: Version
    below: Version

    def __contains__(self, version: Version) -> bool:
        return self.at_least <= version < self.below

    def __str__(self) -> str:
        return f">= {_dotted(self.at_least)}, < {_dotted(self.below)}"


def _dotted(version: Version) -> str:
    return ".".join(str(part) for part in version)


@dataclass(frozen=True)
class Share:
    """Files of the Go module that are needed in addition to the binary."""

    folder: str
    """Folder inside the module; its last part names the copy in `share/<tool>/`."""
    pattern: str
    """Glob of the files in that folder."""


@dataclass(frozen=True)
class Tool:
    """One command-line tool: accepted versions on PATH, and how to build it otherwise."""

    name: str
    folder: str
    """Folder of the tool's Go module, which wraps the upstream module."""
    requires: str
    """Upstream Go module; go.mod pins it to `version`."""
    version: str
    """Version to build, without "v"."""
    accepts: VersionRange
    """Versions that are used if they are on PATH. Otherwise the tool is built."""
    package: str = ""
    """Import path of the command; "." for a main package in the wrapper, "" if only files are needed."""
    probe: tuple[str, ...] = ()
    """Arguments with which the tool prints its version."""
    answer: str = ""
    """Regular expression for the output of `probe`; group 1 is the version."""
    executable: str = ""
    """File name of the executable, if it differs from the tool's name."""
    tags: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    """Go variables to set at link time, e.g. the version, as in the upstream project's release builds."""
    links: tuple[str, ...] = ()
    """Go modules that a binary from PATH must contain to be complete."""
    share: Share | None = None
    rehearsed: bool = True
    """True if a rehearsal needs the tool; False if only tests and people use it."""

    @property
    def file(self) -> str:
        """Name of the executable."""
        return self.executable or self.name

    def flags(self) -> list[str]:
        """Return the arguments for both `go build` and `go list`, which share a cache."""
        values = "".join(f" -X {name}={value}" for name, value in self.variables.items())
        return [
            "-mod=readonly",
            "-buildvcs=false",
            "-trimpath",
            # The linker discards debug information (-s -w); not producing it saves an eighth of the CPU time.
            "-gcflags=all=-dwarf=false",
            f"-ldflags=-s -w{values}",
            *([f"-tags={','.join(self.tags)}"] if self.tags else []),
        ]


def _kubernetes(name: str) -> Tool:
    version = "1.34.2"
    stamp = "k8s.io/component-base/version"
    return Tool(
        name=name,
        folder="kubernetes",
        requires="k8s.io/kubernetes",
        version=version,
        package=f"k8s.io/kubernetes/cmd/{name}",
        accepts=VersionRange((1, 34), (1, 35)),
        probe=("--version",),
        answer=r"Kubernetes v(\S+)",
        variables={
            f"{stamp}.gitVersion": f"v{version}",
            f"{stamp}.gitMajor": "1",
            f"{stamp}.gitMinor": "34",
            f"{stamp}.gitTreeState": "clean",
        },
    )


_ALL = (
    Tool(
        name="pulumi",
        folder="pulumi",
        requires="github.com/pulumi/pulumi/pkg/v3",
        version="3.250.0",
        package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        accepts=VersionRange((3, 250), (4,)),
        probe=("version",),
        answer=r"v(\d+\S+)",
        variables={"github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": "v3.250.0"},
    ),
    _kubernetes("kube-apiserver"),
    _kubernetes("kube-controller-manager"),
    _kubernetes("kube-scheduler"),
    Tool(
        name="etcd",
        folder="etcd",
        requires="go.etcd.io/etcd/server/v3",
        version="3.6.6",
        package="go.etcd.io/etcd/server/v3",
        accepts=VersionRange((3, 5), (3, 7)),
        probe=("--version",),
        answer=r"etcd Version: (\S+)",
    ),
    Tool(
        name="kwok",
        folder="kwok",
        requires="sigs.k8s.io/kwok",
        version="0.7.0",
        package="sigs.k8s.io/kwok/cmd/kwok",
        accepts=VersionRange((0, 7), (0, 8)),
        probe=("--version",),
        answer=r"version v?(\d+\S+)",
        variables={"sigs.k8s.io/kwok/pkg/consts.Version": "0.7.0"},
    ),
    Tool(
        name="vault",
        folder="vault",
        requires="github.com/hashicorp/vault",
        version="1.21.1",
        package=".",
        accepts=VersionRange((1, 15), (2,)),
        probe=("version",),
        answer=r"Vault v(\S+)",
        tags=("minimal",),
        # A Vault built with only upstream's "minimal" tag has no kubernetes auth method.
        links=("github.com/hashicorp/vault-plugin-auth-kubernetes",),
    ),
    Tool(
        name="argo-rollouts",
        folder="argo-rollouts",
        requires="github.com/argoproj/argo-rollouts",
        version="1.8.3",
        package="github.com/argoproj/argo-rollouts/cmd/rollouts-controller",
        accepts=VersionRange((1, 8), (1, 9)),
        probe=("--version",),
        answer=r"^v(\d+\S+)",
        executable="rollouts-controller",
        variables={"github.com/argoproj/argo-rollouts/utils/version.version": "1.8.3"},
        share=Share("manifests/crds", "*-crd.yaml"),
    ),
    Tool(
        name="argo-cd",
        folder="argo-cd",
        requires="github.com/argoproj/argo-cd/v3",
        version="3.2.2",
        accepts=VersionRange((3, 2), (3, 3)),
        # Only the CRDs are installed; the controllers would need the repository that they watch. ApplicationSet is left
        # out, because it is unused and its megabyte of schema would slow down every cluster's start by two seconds.
        share=Share("manifests/crds", "app*[!e]?-crd.yaml"),
    ),
    Tool(
        name="helm",
        folder="helm",
        requires="helm.sh/helm/v3",
        version="3.19.5",
        package="helm.sh/helm/v3/cmd/helm",
        accepts=VersionRange((3, 14), (4,)),
        probe=("version", "--short"),
        answer=r"v(\d+\S+)",
        variables={"helm.sh/helm/v3/internal/version.version": "v3.19.5"},
        rehearsed=False,
    ),
)

TOOLS: Mapping[str, Tool] = MappingProxyType({tool.name: tool for tool in _ALL})
"""Every tool by name, in build order."""
