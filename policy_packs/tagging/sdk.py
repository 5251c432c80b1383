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
_ALL_TAGS = "def tags_all("
# Auto Scaling groups list their tags, each with a flag. A property `tags` of any other type, such as that of
# aws:devopsguru, does not hold AWS tags.
_TAG_SHAPES = ("Mapping[str", "GroupTagArgs")


def taggable_types(package: Path) -> Iterator[tuple[str, bool]]:
    """Yield the resource types of pulumi_aws with tags among their inputs.

    The flag is True if the provider's default tags apply. Only then does a resource have the property `tagsAll`.
    """
    for file in sorted(package.rglob("*.py")):
        source = file.read_text(encoding="utf-8")
        for match in _RESOURCE.finditer(source):
            tags = _TAGS.search(match["arguments"])
            if tags and any(shape in tags["annotation"] for shape in _TAG_SHAPES):
                yield match["token"], _ALL_TAGS in source


def document() -> str:
    """Return the text of taggable.json for the installed SDK.

    Raises ModuleNotFoundError if no SDK is installed.
    """
    spec = find_spec("pulumi_aws")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pulumi_aws isn't installed, so taggable.json can't be updated")
    types = dict(taggable_types(Path(spec.origin).parent))
    content = {
        "sdk": f"pulumi-aws {version('pulumi-aws')}",
        "withoutDefaultTags": sorted(token for token, has_defaults in types.items() if not has_defaults),
        "types": sorted(types),
    }
    return json.dumps(content, indent=1) + "\n"


if __name__ == "__main__":
    TAGGABLE_FILE.write_text(document(), encoding="utf-8")
    sys.stdout.write(f"{TAGGABLE_FILE.name} updated\n")
