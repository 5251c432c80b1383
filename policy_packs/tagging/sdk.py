"""AWS types that carry tags, read from the SDK's source.

Run `python -m policy_packs.tagging.sdk` when the SDK changes, to update taggable.json. A pack reads only that file,
because importing the SDK would take longer than all rules together.
"""

import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

TAGGABLE_FILE = Path(__file__).with_name("taggable.json")

# A resource class with the arguments of its first constructor overload, as the SDK's generator writes them.
_RESOURCE = re.compile(
    r'@pulumi\.type_token\("(?P<token>aws:[^"]+)"\)\nclass \w+\(pulumi\.CustomResource\):\n'
    r"    @overload\n    def __init__\(__self__,\n(?P<arguments>.*?)\n    @overload",
    re.DOTALL,
)
_TAGS = re.compile(r"^ +tags: (?P<annotation>.*)$", re.MULTILINE)
# Auto Scaling groups list their tags, each with a flag. A property "tags" of another shape holds no tags (devopsguru).
_TAG_SHAPES = ("Mapping[str", "GroupTagArgs")


def taggable_types(package: Path) -> Iterator[str]:
    """Yield the resource types of pulumi_aws with tags among their inputs."""
    for file in sorted(package.rglob("*.py")):
        for match in _RESOURCE.finditer(file.read_text(encoding="utf-8")):
            tags = _TAGS.search(match["arguments"])
            if tags and any(shape in tags["annotation"] for shape in _TAG_SHAPES):
                yield match["token"]


def document() -> str:
    """Return the text of taggable.json for the installed SDK.

    Raises ModuleNotFoundError if no SDK is installed.
    """
    spec = find_spec("pulumi_aws")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pulumi_aws isn't installed, so taggable.json can't be updated")
    types = sorted(set(taggable_types(Path(spec.origin).parent)))
    return json.dumps({"sdk": f"pulumi-aws {version('pulumi-aws')}", "types": types}, indent=1) + "\n"


if __name__ == "__main__":
    TAGGABLE_FILE.write_text(document(), encoding="utf-8")
    sys.stdout.write(f"{TAGGABLE_FILE.name} updated\n")
