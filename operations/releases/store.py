"""Files of releases: `releases/<version>/`, graphs and bill of materials."""

import gzip
import json
from dataclasses import asdict
from pathlib import Path

from operations.recording import PROJECT, Graph
from operations.recording.graph import parse
from operations.releases.versions import Version
from stacks.requirements import Environment

DIRECTORY = PROJECT / "releases"


def path_of(version: Version, environment: Environment, directory: Path = DIRECTORY) -> Path:
    """Return the file of one recorded graph."""
    return directory / str(version) / f"{environment}.json.gz"


def path_of_bill(version: Version, directory: Path = DIRECTORY) -> Path:
    """Return the file of a release's bill of materials."""
    return directory / str(version) / "sbom.cdx.json"


def encode(graph: Graph) -> bytes:
    """Return a graph's resources as compressed JSON.

    The same graph always gives the same bytes.
    """
    resources = [asdict(node) for node in sorted(graph.nodes, key=lambda node: node.urn)]
    text = json.dumps({"resources": resources}, sort_keys=True)
    return gzip.compress(text.encode(), mtime=0)


def load(version: Version, environment: Environment, directory: Path = DIRECTORY) -> Graph:
    """Read the recorded graph of a release.

    Raises FileNotFoundError when the release has no recording of the environment.
    """
    content = gzip.decompress(path_of(version, environment, directory).read_bytes())
    return parse({"calls": [], "exports": {}, "seconds": 0.0, **json.loads(content)})
