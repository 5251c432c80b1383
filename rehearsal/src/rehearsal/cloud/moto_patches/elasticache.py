"""ElastiCache: what a cache stands on (subnets, parameters, users) can be made, changed and removed."""

from collections.abc import Iterable
from typing import Any

from moto.core.responses import ActionResult, EmptyResult, PaginatedResult
from moto.elasticache.exceptions import ElastiCacheException, InvalidParameterValueException, UserNotFound
from moto.elasticache.models import ElastiCacheBackend
from moto.elasticache.responses import ElastiCacheResponse

from rehearsal.cloud.moto_patches.base import MotoPatch
from rehearsal.cloud.patches import Patches

Shown = dict[str, Any]

INDIVIDUAL = "CacheParameterGroupName"
USER_STEPS = (("UserIdsToAdd", True), ("UserIdsToRemove", False))


def subnet_groups(patches: Patches) -> None:
    """Add ModifyCacheSubnetGroup and DeleteCacheSubnetGroup, which refuses while a cache is in the group."""

    def modify_cache_subnet_group(self: Any) -> ActionResult:
        name, given = self._get_param("CacheSubnetGroupName"), self._get_param("CacheSubnetGroupDescription")
        (group,) = self.elasticache_backend.describe_cache_subnet_groups(name)
        subnets = self._get_param("SubnetIds") or group.subnet_ids
        made = type(group)(
            self.current_account, self.region, name, given or group.cache_subnet_group_description, subnets, group.tags
        )
        self.elasticache_backend.cache_subnet_groups[name] = made
        return ActionResult({"CacheSubnetGroup": made})

    def delete_cache_subnet_group(self: Any) -> EmptyResult:
        name = self._get_param("CacheSubnetGroupName")
        self.elasticache_backend.describe_cache_subnet_groups(name)
        refuse_in_use(self, "cache_subnet_group_name", name, "CacheSubnetGroupInUse")
        del self.elasticache_backend.cache_subnet_groups[name]
        return EmptyResult()

    patches.extend(ElastiCacheResponse, modify_cache_subnet_group, delete_cache_subnet_group)


def parameter_groups(patches: Patches) -> None:
    """Add the operations on parameter groups and on their parameters."""

    def create_cache_parameter_group(self: Any) -> ActionResult:
        name, groups = self._get_param(INDIVIDUAL).lower(), kept(self, "parameter_groups")
        if name in groups:
            raise fault("CacheParameterGroupAlreadyExists", f"Cache parameter group {name} already exists")
        arn = _arn(self, "parametergroup", name)
        shown = {
            INDIVIDUAL: name,
            "CacheParameterGroupFamily": self._get_param("CacheParameterGroupFamily"),
            "Description": self._get_param("Description"),
            "IsGlobal": False,
            "ARN": arn,
        }
        groups[name] = {"shown": shown, "values": {}}
        _tag(self, arn)
        return ActionResult({"CacheParameterGroup": shown})

    def describe_cache_parameter_groups(self: Any) -> PaginatedResult:
        name = self._get_param(INDIVIDUAL)
        found = [_parameter_group(self)] if name else list(kept(self, "parameter_groups").values())
        return PaginatedResult({"CacheParameterGroups": [group["shown"] for group in found]})

    def describe_cache_parameters(self: Any) -> PaginatedResult:
        values = _parameter_group(self)["values"]
        return PaginatedResult(
            {"Parameters": [{"ParameterName": k, "ParameterValue": v, "Source": "user"} for k, v in values.items()]}
        )

    def modify_cache_parameter_group(self: Any) -> ActionResult:
        given = self._get_param("ParameterNameValues") or []
        _parameter_group(self)["values"].update({one["ParameterName"]: one["ParameterValue"] for one in given})
        return ActionResult({INDIVIDUAL: self._get_param(INDIVIDUAL)})

    def reset_cache_parameter_group(self: Any) -> ActionResult:
        values = _parameter_group(self)["values"]
        given = [one["ParameterName"] for one in self._get_param("ParameterNameValues") or []]
        for name in list(values) if self._get_bool_param("ResetAllParameters") else given:
            values.pop(name, None)
        return ActionResult({INDIVIDUAL: self._get_param(INDIVIDUAL)})

    def delete_cache_parameter_group(self: Any) -> EmptyResult:
        name = _parameter_group(self)["shown"][INDIVIDUAL]
        refuse_in_use(self, "cache_parameter_group_name", name, "InvalidCacheParameterGroupState")
        del kept(self, "parameter_groups")[name]
        return EmptyResult()

    patches.extend(
        ElastiCacheResponse, create_cache_parameter_group, describe_cache_parameter_groups, describe_cache_parameters
    )
    patches.extend(
        ElastiCacheResponse, modify_cache_parameter_group, reset_cache_parameter_group, delete_cache_parameter_group
    )


def users(patches: Patches) -> None:
    """Add ModifyUser; a deleted user is gone, and one who signs in with IAM has one name."""

    def modify_user(self: Any) -> ActionResult:
        (user,) = self.elasticache_backend.describe_users(self._get_param("UserId"))
        mode = self._get_param("AuthenticationMode") or {}
        user.access_string = self._get_param("AccessString") or user.access_string
        user.authentication_type = mode.get("Type", user.authentication_type)
        user.passwords = mode.get("Passwords") or self._get_param("Passwords") or user.passwords
        return ActionResult(user)

    def creating(original: Any) -> Any:
        def create_user(self: Any, user_id: str, user_name: str, **given: Any) -> Any:
            if given.get("authentication_type") == "iam" and user_id != user_name:
                raise InvalidParameterValueException("For IAM authentication, UserId and UserName must be the same.")
            return original(self, user_id=user_id, user_name=user_name, **given)

        return create_user

    def delete_user(self: Any, user_id: str) -> Any:
        if user_id not in self.users:
            raise UserNotFound(user_id)
        user = self.users.pop(user_id)
        user.status = "deleting"
        for group in vars(self).get("user_groups", {}).values():
            group["UserIds"] = [member for member in group["UserIds"] if member != user_id]
        return user

    patches.extend(ElastiCacheResponse, modify_user)
    patches.wrap(ElastiCacheBackend, "create_user", creating)
    patches.replace(ElastiCacheBackend, "delete_user", delete_user)


def user_groups(patches: Patches) -> None:
    """Add the operations on user groups, one of whose members must be called `default`."""

    def create_user_group(self: Any) -> ActionResult:
        name, groups = self._get_param("UserGroupId"), kept(self, "user_groups")
        if name in groups:
            raise fault("UserGroupAlreadyExists", f"User group {name} already exists.")
        arn = _arn(self, "usergroup", name)
        shown = {
            "UserGroupId": name,
            "Status": "active",
            "Engine": self._get_param("Engine").lower(),
            "UserIds": _members(self, self._get_param("UserIds") or []),
            "ReplicationGroups": [],
            "ARN": arn,
        }
        groups[name] = shown
        _tag(self, arn)
        return ActionResult(shown)

    def describe_user_groups(self: Any) -> PaginatedResult:
        found = [_user_group(self)] if self._get_param("UserGroupId") else list(kept(self, "user_groups").values())
        return PaginatedResult({"UserGroups": found})

    def modify_user_group(self: Any) -> ActionResult:
        group = _user_group(self)
        wanted = list(group["UserIds"])
        for parameter, adds in USER_STEPS:
            for member in self._get_param(parameter) or []:
                wanted = [*wanted, member] if adds else [one for one in wanted if one != member]
        group["UserIds"] = _members(self, wanted)
        return ActionResult(group)

    def delete_user_group(self: Any) -> ActionResult:
        group = _user_group(self)
        for cache in self.elasticache_backend.replication_groups.values():
            if group["UserGroupId"] in cache.user_group_ids:
                raise fault("InvalidUserGroupState", f"The user group is associated with {cache.replication_group_id}.")
        return ActionResult(kept(self, "user_groups").pop(group["UserGroupId"]) | {"Status": "deleting"})

    patches.extend(ElastiCacheResponse, create_user_group, describe_user_groups, modify_user_group, delete_user_group)


def tags(patches: Patches) -> None:
    """List the tags of parameter and user groups too."""

    def list_tags_for_resource(self: Any, arn: str) -> Any:
        return self.tagging_service.list_tags_for_resource(arn)

    patches.replace(ElastiCacheBackend, "list_tags_for_resource", list_tags_for_resource)


def fault(code: str, message: str) -> ElastiCacheException:
    """An error as ElastiCache says it."""
    return ElastiCacheException(code, message)


def kept(response: Any, name: str) -> dict[str, Any]:
    """What moto's backend has no place for, kept on it and forgotten with it."""
    found: dict[str, Any] = vars(response.elasticache_backend).setdefault(name, {})
    return found


def refuse_in_use(response: Any, attribute: str, name: str, code: str) -> None:
    """Refuse to delete what a cache uses."""
    for cache in response.elasticache_backend.replication_groups.values():
        if getattr(cache, attribute) == name:
            raise fault(code, f"{name} is in use by {cache.replication_group_id}")


def _members(response: Any, wanted: Iterable[str]) -> list[str]:
    backend, members = response.elasticache_backend, list(wanted)
    names = [backend.describe_users(member)[0].name for member in members]
    if names.count("default") != 1:
        raise fault("DefaultUserRequired", "You must add default user to a user group.")
    return members


def _user_group(response: Any) -> Shown:
    name = response._get_param("UserGroupId")  # noqa: SLF001  # moto's own way
    groups = kept(response, "user_groups")
    if name not in groups:
        raise fault("UserGroupNotFound", f"User group {name} not found.")
    found: Shown = groups[name]
    return found


def _parameter_group(response: Any) -> Shown:
    name = response._get_param(INDIVIDUAL)  # noqa: SLF001  # moto's own way
    groups = kept(response, "parameter_groups")
    if name not in groups:
        raise fault("CacheParameterGroupNotFound", f"CacheParameterGroup {name} not found.")
    found: Shown = groups[name]
    return found


def _arn(response: Any, kind: str, name: str) -> str:
    return f"arn:aws:elasticache:{response.region}:{response.current_account}:{kind}:{name}"


def _tag(response: Any, arn: str) -> None:
    given = response._get_param("Tags") or []  # noqa: SLF001  # moto's own way
    response.elasticache_backend.tagging_service.tag_resource(arn, given)


MOTO_PATCHES = (
    MotoPatch(
        "elasticache-subnet-groups",
        "can't change or delete a subnet group",
        "does, unless a cache is in it",
        "ElastiCache ModifyCacheSubnetGroup, DeleteCacheSubnetGroup",
        subnet_groups,
    ),
    MotoPatch(
        "elasticache-parameter-groups",
        "has none",
        "manages parameter groups and their parameters",
        "ElastiCache CreateCacheParameterGroup, DescribeCacheParameters, ModifyCacheParameterGroup",
        parameter_groups,
    ),
    MotoPatch(
        "elasticache-users",
        "can't change a user, keeps deleted ones until somebody looks, and takes two names for IAM users",
        "changes them, deletes them, and wants one name",
        "ElastiCache ModifyUser, DeleteUser; user guide, Authenticating with IAM",
        users,
    ),
    MotoPatch(
        "elasticache-user-groups",
        "has none",
        "manages user groups, each with one user called default",
        "ElastiCache CreateUserGroup, ModifyUserGroup, DeleteUserGroup",
        user_groups,
    ),
    MotoPatch(
        "elasticache-tags",
        "lists no tags of parameter and user groups",
        "lists them",
        "ElastiCache ListTagsForResource",
        tags,
    ),
)
