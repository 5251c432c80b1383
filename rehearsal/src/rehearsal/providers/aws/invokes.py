"""Function calls (`aws.getCallerIdentity()` and the like)."""

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import botocore.credentials
import botocore.hooks
from botocore.model import ServiceId
from botocore.signers import RequestSigner

from rehearsal.providers.aws.calls import Answer, Args, AwsError, Connection
from rehearsal.providers.aws.config import Config
from rehearsal.providers.aws.policy_document import policy_document
from rehearsal.providers.aws.work import PARTITION
from rehearsal.providers.protocol import ProviderError
from rehearsal.providers.values import Properties

TOKEN_LIFETIME = 60
"""Seconds for which a cluster's token is valid."""


@dataclass(frozen=True)
class Ask:
    """One function call: its arguments and the way to AWS."""

    args: Properties
    connection: Connection
    config: Config

    @property
    def region(self) -> str:
        """The region asked for, by default the provider's."""
        return str(self.args.get("region") or self.config.region)

    def call(self, service: str, operation: str, args: Args) -> Answer:
        """Call AWS in that region, joining all pages. Raises AwsError."""
        return self.connection.call(service, self.region, operation, args, pages=True)


def invoke(token: str, args: Properties, connection: Connection, config: Config) -> Properties:
    """Answer a function call. Raises ProviderError for one that the emulated provider doesn't know."""
    function = FUNCTIONS.get(token)
    if function is None:
        known = ", ".join(sorted(name.split(":")[-1] for name in FUNCTIONS))
        raise ProviderError(f"the emulated provider does not implement the function {token}; it has {known}")
    return function(Ask(args, connection, config))


def _filters(ask: Ask) -> list[Args]:
    return [{"Name": one["name"], "Values": one["values"]} for one in ask.args.get("filters") or []]


def _zones(ask: Ask) -> Properties:
    wanted = {"Filters": _filters(ask), "AllAvailabilityZones": ask.args.get("allAvailabilityZones")}
    hidden = {*(ask.args.get("excludeNames") or []), *(ask.args.get("excludeZoneIds") or [])}
    found = [
        zone
        for zone in ask.call("ec2", "describe_availability_zones", wanted)["AvailabilityZones"]
        if zone["ZoneName"] not in hidden
        and zone["ZoneId"] not in hidden
        and ask.args.get("state") in (None, zone["State"])
    ]
    found.sort(key=lambda zone: str(zone["ZoneName"]))
    return {
        **ask.args,
        "id": ask.region,
        "region": ask.region,
        "names": [zone["ZoneName"] for zone in found],
        "zoneIds": [zone["ZoneId"] for zone in found],
        "groupNames": sorted({zone.get("GroupName") or zone["RegionName"] for zone in found}),
    }


def _caller(ask: Ask) -> Properties:
    caller = ask.call("sts", "get_caller_identity", {})
    return {"id": caller["Account"], "accountId": caller["Account"], "arn": caller["Arn"], "userId": caller["UserId"]}


def _region(ask: Ask) -> Properties:
    name = str(ask.args.get("region") or ask.args.get("name") or ask.config.region)
    found = {"id": name, "name": name, "region": name, "description": name}
    return {**found, "endpoint": f"ec2.{name}.amazonaws.com"}


def _partition(ask: Ask) -> Properties:  # noqa: ARG001  # the form of all functions
    return {
        "id": PARTITION,
        "partition": PARTITION,
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    }


def _default_tags(ask: Ask) -> Properties:
    return {"id": "default_tags", "tags": dict(ask.config.tags.defaults)}


def _camel(name: str) -> str:
    return name[0].lower() + name[1:]


def _ami(ask: Ask) -> Properties:
    wanted = {
        "Owners": ask.args.get("owners"),
        "Filters": _filters(ask),
        "ExecutableUsers": ask.args.get("executableUsers"),
    }
    images = ask.call("ec2", "describe_images", wanted)["Images"]
    if ask.args.get("nameRegex"):
        pattern = re.compile(ask.args["nameRegex"])
        images = [image for image in images if pattern.search(image.get("Name", ""))]
    if not images:
        raise ProviderError("Your query returned no results. Please change your search criteria and try again.")
    if len(images) > 1 and not ask.args.get("mostRecent"):
        raise ProviderError(
            "Your query returned more than one result. Please try a more specific search criteria, or set mostRecent."
        )
    newest = max(images, key=lambda image: str(image.get("CreationDate", "")))
    plain = {_camel(name): value for name, value in newest.items() if isinstance(value, str | bool | int)}
    return {**ask.args, **plain, "id": newest["ImageId"], "tags": _tags(newest.get("Tags") or [])}


def _tags(pairs: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {pair["Key"]: pair["Value"] for pair in pairs}


def _parameter(ask: Ask) -> Properties:
    name = ask.args["name"]
    decrypt = ask.args.get("withDecryption", True)
    found = ask.call("ssm", "get_parameter", {"Name": name, "WithDecryption": decrypt})["Parameter"]
    shown = {"arn": found["ARN"], "type": found["Type"], "value": found["Value"], "version": found["Version"]}
    plain = {} if found["Type"] == "SecureString" else {"insecureValue": found["Value"]}
    return {**ask.args, **shown, **plain, "id": name, "region": ask.region, "withDecryption": decrypt}


def _cluster_auth(ask: Ask) -> Properties:
    """A token for a cluster: a signed STS URL, exactly what `aws eks get-token` makes."""
    name = ask.args["name"]
    who = ask.connection.credentials
    events = botocore.hooks.HierarchicalEmitter()  # the signer only holds it weakly
    signer = RequestSigner(
        ServiceId("STS"),
        ask.region,
        "sts",
        "v4",
        botocore.credentials.Credentials(who.access_key, who.secret_key, who.token or None),
        events,
    )
    request: dict[str, Any] = {
        "method": "GET",
        "url": f"https://sts.{ask.region}.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
        "body": {},
        "headers": {"x-k8s-aws-id": name},
        "context": {},
    }
    url = signer.generate_presigned_url(request, operation_name="", expires_in=TOKEN_LIFETIME, region_name=ask.region)
    token = base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
    return {"id": name, "name": name, "region": ask.region, "token": f"k8s-aws-v1.{token}"}


_PASSWORD = (
    "excludeCharacters",
    "excludeLowercase",
    "excludeNumbers",
    "excludePunctuation",
    "excludeUppercase",
    "includeSpace",
    "passwordLength",
    "requireEachIncludedType",
)


def _random_password(ask: Ask) -> Properties:
    wanted = {name[0].upper() + name[1:]: ask.args.get(name) for name in _PASSWORD}
    password = ask.call("secretsmanager", "get_random_password", wanted)["RandomPassword"]
    return {**ask.args, "id": password, "randomPassword": password}


def _key(ask: Ask) -> Properties:
    found = ask.call("kms", "describe_key", {"KeyId": ask.args["keyId"]})["KeyMetadata"]
    plain = {_camel(name): value for name, value in found.items() if isinstance(value, str | bool)}
    plain["awsAccountId"] = plain.pop("aWSAccountId", "")
    return {
        **plain,
        **ask.args,
        "id": found["KeyId"],
        "customerMasterKeySpec": found.get("CustomerMasterKeySpec"),
        "creationDate": str(found.get("CreationDate", "")),
    }


def _alias(ask: Ask) -> Properties:
    name = ask.args["name"]
    found = next((one for one in ask.call("kms", "list_aliases", {})["Aliases"] if one["AliasName"] == name), None)
    if found is None:
        raise AwsError("kms", "list_aliases", "NotFoundException", f"there is no key named {name} in {ask.region}")
    target = found.get("TargetKeyId", "")
    arn = found["AliasArn"].replace(f":{name}", f":key/{target}")
    return {"id": found["AliasArn"], "name": name, "arn": found["AliasArn"], "targetKeyId": target, "targetKeyArn": arn}


FUNCTIONS: Mapping[str, Callable[[Ask], Properties]] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller,
    "aws:index/getDefaultTags:getDefaultTags": _default_tags,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
    "aws:ec2/getAmi:getAmi": _ami,
    "aws:eks/getClusterAuth:getClusterAuth": _cluster_auth,
    "aws:iam/getPolicyDocument:getPolicyDocument": lambda ask: policy_document(ask.args),
    "aws:kms/getAlias:getAlias": _alias,
    "aws:kms/getKey:getKey": _key,
    "aws:secretsmanager/getRandomPassword:getRandomPassword": _random_password,
    "aws:ssm/getParameter:getParameter": _parameter,
}
"""Every function by token."""
