"""Tags: default and ignored tags, and the tag operations of AWS services."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from rehearsal.providers.aws.calls import Args, AwsError, input_shape
from rehearsal.providers.aws.context import ArgsFunction, OperationContext
from rehearsal.providers.aws.mapping import element_shape, members
from rehearsal.providers.values import UNKNOWN

Tags = dict[str, str]

TAG_MEMBERS = ("tags", "taglist", "tagset", "resourcetags", "backupplantags", "backupvaulttags")
"""Names of the AWS members that contain tags, in lower case."""


@dataclass(frozen=True)
class TagRules:
    """Default tags and ignored tags of a provider."""

    defaults: Mapping[str, str] = field(default_factory=dict)
    ignored_keys: frozenset[str] = frozenset()
    ignored_prefixes: tuple[str, ...] = ()

    def with_defaults(self, tags: Any) -> Any:
        """Return `tagsAll` for these tags, or the unknown value if the tags are unknown."""
        if tags == UNKNOWN:
            return UNKNOWN
        return {**self.defaults, **(tags or {})}

    def without_ignored(self, live: Mapping[str, str]) -> Tags:
        """Return the live tags, except AWS's own tags and the ignored tags."""
        return {
            key: value
            for key, value in live.items()
            if key not in self.ignored_keys and not key.startswith(("aws:", *self.ignored_prefixes))
        }

    def without_defaults(self, live: Mapping[str, str], written: Mapping[str, str]) -> Tags:
        """Return the live tags, except default tags that the program did not set itself."""
        return {key: value for key, value in live.items() if key in written or self.defaults.get(key) != value}


class Tagging(Protocol):
    """Tag operations of one resource type."""

    def on_create(self, service: str, operation: str, tags: Tags) -> Args:
        """Return the arguments that set tags at creation.

        The result is empty if the operation accepts no tags. In this case, `write` runs after the creation.
        """

    def write(self, context: OperationContext, tags: Tags, removed_keys: Iterable[str]) -> None:
        """Set all tags and remove the given keys. Raises AwsError."""

    def read(self, context: OperationContext, item: Any) -> Tags | None:
        """Return the live tags, or None if the resource can't have tags. Raises AwsError."""


@dataclass(frozen=True)
class TagOperations:
    """Tagging through two operations: one adds tags, the other removes them."""

    add: str
    remove: str
    target: ArgsFunction
    """Function that builds the arguments that identify the resource."""
    list: str = ""
    """Operation that lists tags; empty if the item contains them."""

    def on_create(self, service: str, operation: str, tags: Tags) -> Args:
        """Return the operation's tag argument, or nothing if it has none."""
        return _tag_argument(service, operation, tags)

    def write(self, context: OperationContext, tags: Tags, removed_keys: Iterable[str]) -> None:
        """Set all tags and remove the given keys."""
        keys = list(removed_keys)
        if keys:
            context.call(self.remove, {**self.target(context), **_removal_argument(context.service, self.remove, keys)})
        if tags:
            context.call(self.add, {**self.target(context), **_tag_argument(context.service, self.add, tags)})

    def read(self, context: OperationContext, item: Any) -> Tags | None:
        """Return the live tags, from the item or from the list operation."""
        if not self.list:
            return tags_from_aws(_tag_member(item))
        try:
            return tags_from_aws(_tag_member(context.call(self.list, self.target(context))))
        except AwsError as error:
            if error.is_missing:
                return {}
            raise


@dataclass(frozen=True)
class Ec2Tags:
    """Tags of EC2, whose tag operations identify a resource by its id alone."""

    resource_type: str
    """EC2's resource type, e.g. `vpc` or `elastic-ip`; empty if the creating operation accepts no tags."""
    separate_read: bool = False
    """True to read tags with DescribeTags, because the description of this type lacks them."""

    def on_create(self, service: str, operation: str, tags: Tags) -> Args:  # noqa: ARG002  # the same for all of EC2
        """Return the tag specifications."""
        if not self.resource_type:
            return {}
        return {"TagSpecifications": [{"ResourceType": self.resource_type, "Tags": _key_value_pairs(tags)}]}

    def write(self, context: OperationContext, tags: Tags, removed_keys: Iterable[str]) -> None:
        """Set all tags and remove the given keys."""
        keys = list(removed_keys)
        if keys:
            context.call("delete_tags", {"Resources": [context.id], "Tags": [{"Key": key} for key in keys]})
        if tags:
            context.call("create_tags", {"Resources": [context.id], "Tags": _key_value_pairs(tags)})

    def read(self, context: OperationContext, item: Any) -> Tags | None:
        """Return the live tags."""
        if not self.separate_read:
            return tags_from_aws(_tag_member(item))
        filters = [{"Name": "resource-id", "Values": [context.id]}]
        return tags_from_aws(context.call("describe_tags", {"Filters": filters}, pages=True)["Tags"])


@dataclass(frozen=True)
class BucketTags:
    """Tags of S3, whose tag operation replaces the whole tag set of a bucket."""

    def on_create(self, service: str, operation: str, tags: Tags) -> Args:  # noqa: ARG002  # a bucket is tagged later
        """Return no arguments, because the bucket is tagged after its creation."""
        return {}

    def write(self, context: OperationContext, tags: Tags, removed_keys: Iterable[str]) -> None:  # noqa: ARG002  # replacing the set removes them
        """Replace the tag set."""
        if tags:
            tag_set = {"TagSet": _key_value_pairs(tags)}
            context.call("put_bucket_tagging", {"Bucket": context.id, "Tagging": tag_set})
        else:
            context.call("delete_bucket_tagging", {"Bucket": context.id})

    def read(self, context: OperationContext, item: Any) -> Tags | None:  # noqa: ARG002  # the item has none
        """Return the live tags."""
        try:
            return tags_from_aws(context.call("get_bucket_tagging", {"Bucket": context.id})["TagSet"])
        except AwsError as error:
            if error.is_missing:
                return {}
            raise


@dataclass(frozen=True)
class TagsByResourceType:
    """Tags of Route 53 and SSM, whose tag operations require a resource's type and id."""

    resource_type: str
    add: str
    remove: str
    list: str

    def on_create(self, service: str, operation: str, tags: Tags) -> Args:
        """Return the operation's tag argument, or nothing if it has none."""
        return _tag_argument(service, operation, tags)

    def write(self, context: OperationContext, tags: Tags, removed_keys: Iterable[str]) -> None:
        """Set all tags and remove the given keys."""
        keys, pairs, target = list(removed_keys), _key_value_pairs(tags), self._target(context)
        if self.add == self.remove:
            context.call(self.add, {**target, "AddTags": pairs or None, "RemoveTagKeys": keys or None})
            return
        if keys:
            context.call(self.remove, {**target, "TagKeys": keys})
        if pairs:
            context.call(self.add, {**target, "Tags": pairs})

    def read(self, context: OperationContext, item: Any) -> Tags | None:  # noqa: ARG002  # the item has none
        """Return the live tags."""
        response = context.call(self.list, self._target(context))
        return tags_from_aws(response.get("ResourceTagSet", response).get("Tags") or response.get("TagList"))

    def _target(self, context: OperationContext) -> Args:
        return {"ResourceType": self.resource_type, "ResourceId": context.id}


def tags_to_aws(shape: Any, tags: Mapping[str, str]) -> Any:
    """Convert tags to a map or a list of key-value structures, as the shape requires."""
    if shape.type_name == "map":
        return dict(tags)
    names = list(members(element_shape(shape)))
    key_member = next(name for name in names if name.lower().endswith("key"))
    value_member = next(name for name in names if name.lower().endswith("value"))
    return [{key_member: key, value_member: value} for key, value in tags.items()]


def tags_from_aws(value: Any) -> Tags:
    """Convert tags from a map or a list of key-value structures."""
    if isinstance(value, Mapping):
        return {str(key): str(item) for key, item in value.items()}
    tags = {}
    for pair in value or []:
        key = next((item for name, item in pair.items() if name.lower().endswith("key")), None)
        if key is not None:
            tags[str(key)] = str(next((item for name, item in pair.items() if name.lower().endswith("value")), ""))
    return tags


def _key_value_pairs(tags: Mapping[str, str]) -> list[Any]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _tag_argument(service: str, operation: str, tags: Mapping[str, str]) -> Args:
    for name, shape in members(input_shape(service, operation)).items():
        if name.lower() in TAG_MEMBERS:
            return {name: tags_to_aws(shape, tags)}
    return {}


def _removal_argument(service: str, operation: str, keys: list[str]) -> Args:
    for name, shape in members(input_shape(service, operation)).items():
        if "tag" in name.lower():
            structures = element_shape(shape).type_name == "structure"
            return {name: [{"Key": key} for key in keys] if structures else keys}
    raise LookupError(f"{service} {operation} does not accept tag keys")


def _tag_member(response: Any) -> Any:
    """Return the member with the tags, which some responses nest one level deeper."""
    if not isinstance(response, Mapping):
        return None
    for name, value in response.items():
        if name.lower() in TAG_MEMBERS:
            return value
    descriptions = response.get("TagDescriptions")
    return descriptions[0].get("Tags") if descriptions else _tag_member(response.get("TagInfoForResource"))
