"""Tags: what a resource should carry, and how each AWS service writes and reads them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from rehearsal.providers.aws.calls import Args, AwsError, input_shape
from rehearsal.providers.aws.mapping import element, members
from rehearsal.providers.aws.work import Work
from rehearsal.providers.values import UNKNOWN

Tags = dict[str, str]

TAG_MEMBERS = ("tags", "taglist", "tagset", "resourcetags", "backupplantags", "backupvaulttags")
"""What AWS calls the member that holds tags, in small letters."""


@dataclass(frozen=True)
class TagRules:
    """A provider's own tags, and those that it leaves alone."""

    defaults: Mapping[str, str] = field(default_factory=dict)
    ignored_keys: frozenset[str] = frozenset()
    ignored_prefixes: tuple[str, ...] = ()

    def merged(self, tags: Any) -> Any:
        """`tagsAll` of a resource with these tags; unknown when they are."""
        if tags == UNKNOWN:
            return UNKNOWN
        return {**self.defaults, **(tags or {})}

    def seen(self, live: Mapping[str, str]) -> Tags:
        """Live tags without those that AWS or the configuration keeps out."""
        return {
            key: value
            for key, value in live.items()
            if key not in self.ignored_keys and not key.startswith(("aws:", *self.ignored_prefixes))
        }

    def own(self, live: Mapping[str, str], written: Mapping[str, str]) -> Tags:
        """Live tags that are the resource's own: a default tag counts only if the program wrote it as well."""
        return {key: value for key, value in live.items() if key in written or self.defaults.get(key) != value}


class Tagging(Protocol):
    """How a kind of resource is tagged."""

    def on_create(self, service: str, operation: str, tags: Tags) -> Args:
        """Arguments by which an operation that creates takes tags; none when it can't, and `write` must follow."""

    def write(self, work: Work, wanted: Tags, gone: Iterable[str]) -> None:
        """Set all wanted tags and remove those gone. Raises AwsError."""

    def read(self, work: Work, item: Any) -> Tags | None:
        """Live tags; None when this resource can't carry any. Raises AwsError."""


@dataclass(frozen=True)
class TagCalls:
    """Tags by a pair of operations that add and remove."""

    add: str
    remove: str
    target: Callable[[Work], Args]
    """Arguments that name the resource."""
    list: str = ""
    """Operation that lists tags; without it they come with the item."""

    def on_create(self, service: str, operation: str, tags: Tags) -> Args:
        """The member of the operation that takes tags, if there is one."""
        return _tag_argument(service, operation, tags)

    def write(self, work: Work, wanted: Tags, gone: Iterable[str]) -> None:
        """Set all wanted tags and remove those gone."""
        keys = list(gone)
        if keys:
            work.call(self.remove, {**self.target(work), **_removal(work.service, self.remove, keys)})
        if wanted:
            work.call(self.add, {**self.target(work), **_tag_argument(work.service, self.add, wanted)})

    def read(self, work: Work, item: Any) -> Tags | None:
        """Live tags, from the item or the list operation."""
        if not self.list:
            return untag(_tag_member(item))
        try:
            return untag(_tag_member(work.call(self.list, self.target(work))))
        except AwsError as error:
            if error.is_missing:
                return {}
            raise


@dataclass(frozen=True)
class Ec2Tags:
    """EC2 tags any resource by its id; what creates wants to know its kind."""

    kind: str
    """As in `vpc` or `elastic-ip`; empty when the operation that creates takes no tags."""
    listed: bool = False
    """Whether descriptions of this kind lack tags, so that they are listed apart."""

    def on_create(self, service: str, operation: str, tags: Tags) -> Args:  # noqa: ARG002  # all of EC2 is alike
        """Tag specifications, with all that is created."""
        return {"TagSpecifications": [{"ResourceType": self.kind, "Tags": _ec2_pairs(tags)}]} if self.kind else {}

    def write(self, work: Work, wanted: Tags, gone: Iterable[str]) -> None:
        """Set all wanted tags and remove those gone."""
        keys = list(gone)
        if keys:
            work.call("delete_tags", {"Resources": [work.id], "Tags": [{"Key": key} for key in keys]})
        if wanted:
            work.call("create_tags", {"Resources": [work.id], "Tags": _ec2_pairs(wanted)})

    def read(self, work: Work, item: Any) -> Tags | None:
        """Live tags."""
        if not self.listed:
            return untag(_tag_member(item))
        filters = [{"Name": "resource-id", "Values": [work.id]}]
        return untag(work.call("describe_tags", {"Filters": filters}, pages=True)["Tags"])


@dataclass(frozen=True)
class BucketTags:
    """S3 replaces a bucket's whole tag set."""

    def on_create(self, service: str, operation: str, tags: Tags) -> Args:  # noqa: ARG002  # a bucket is tagged later
        """Nothing: tags follow."""
        return {}

    def write(self, work: Work, wanted: Tags, gone: Iterable[str]) -> None:  # noqa: ARG002  # absent means removed
        """Put the wanted set."""
        if wanted:
            tag_set = [{"Key": key, "Value": value} for key, value in wanted.items()]
            work.call("put_bucket_tagging", {"Bucket": work.id, "Tagging": {"TagSet": tag_set}})
        else:
            work.call("delete_bucket_tagging", {"Bucket": work.id})

    def read(self, work: Work, item: Any) -> Tags | None:  # noqa: ARG002  # the item has none
        """Live tags."""
        try:
            return untag(work.call("get_bucket_tagging", {"Bucket": work.id})["TagSet"])
        except AwsError as error:
            if error.is_missing:
                return {}
            raise


@dataclass(frozen=True)
class TypedTags:
    """Services that want the kind of resource beside its id: Route 53 and SSM."""

    kind: str
    add: str
    remove: str
    list: str

    def on_create(self, service: str, operation: str, tags: Tags) -> Args:
        """The member of the operation that takes tags, if there is one."""
        return _tag_argument(service, operation, tags)

    def write(self, work: Work, wanted: Tags, gone: Iterable[str]) -> None:
        """Set all wanted tags and remove those gone."""
        keys = list(gone)
        where = {"ResourceType": self.kind, "ResourceId": work.id}
        pairs = [{"Key": key, "Value": value} for key, value in wanted.items()]
        if self.add == self.remove:
            work.call(self.add, {**where, "AddTags": pairs or None, "RemoveTagKeys": keys or None})
            return
        if keys:
            work.call(self.remove, {**where, "TagKeys": keys})
        if pairs:
            work.call(self.add, {**where, "Tags": pairs})

    def read(self, work: Work, item: Any) -> Tags | None:  # noqa: ARG002  # the item has none
        """Live tags."""
        answer = work.call(self.list, {"ResourceType": self.kind, "ResourceId": work.id})
        return untag(answer.get("ResourceTagSet", answer).get("Tags") or answer.get("TagList"))


def _ec2_pairs(tags: Mapping[str, str]) -> list[Any]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _tag_argument(service: str, operation: str, tags: Mapping[str, str]) -> Args:
    for name, shape in members(input_shape(service, operation)).items():
        if name.lower() in TAG_MEMBERS:
            return {name: tag_value(shape, tags)}
    return {}


def tag_value(shape: Any, tags: Mapping[str, str]) -> Any:
    """Tags as a map, or as a list of key-value structures, as the shape wants them."""
    if shape.type_name == "map":
        return dict(tags)
    names = list(members(element(shape)))
    key = next(name for name in names if name.lower().endswith("key"))
    value = next(name for name in names if name.lower().endswith("value"))
    return [{key: one, value: other} for one, other in tags.items()]


def untag(value: Any) -> Tags:
    """Tags out of either form."""
    if isinstance(value, Mapping):
        return {str(key): str(item) for key, item in value.items()}
    found = {}
    for pair in value or []:
        key = next((item for name, item in pair.items() if name.lower().endswith("key")), None)
        if key is not None:
            found[str(key)] = str(next((item for name, item in pair.items() if name.lower().endswith("value")), ""))
    return found


def _removal(service: str, operation: str, keys: list[str]) -> Args:
    for name, shape in members(input_shape(service, operation)).items():
        if "tag" in name.lower():
            structured = element(shape).type_name == "structure"
            return {name: [{"Key": key} for key in keys] if structured else keys}
    raise LookupError(f"{service} {operation} takes no tag keys")


def _tag_member(answer: Any) -> Any:
    """The tags in an answer: a member with `tag` in its name, one level down for tag descriptions and WAF's answers."""
    if not isinstance(answer, Mapping):
        return None
    for name, value in answer.items():
        if name.lower() in TAG_MEMBERS:
            return value
    described = answer.get("TagDescriptions")
    return described[0].get("Tags") if described else _tag_member(answer.get("TagInfoForResource"))
