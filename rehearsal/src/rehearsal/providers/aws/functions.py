"""Provider functions such as `aws.getCallerIdentity()`."""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import botocore.credentials
import botocore.hooks
from botocore.model import ServiceId
from botocore.signers import RequestSigner

from rehearsal.providers.aws.calls import Args, AwsError, Connection, Response
from rehearsal.providers.aws.config import ProviderConfig
from rehearsal.providers.aws.context import PARTITION
from rehearsal.providers.aws.policy_document import policy_document
from rehearsal.providers.aws.tags import tags_from_aws
from rehearsal.providers.protocol import ProviderError
from rehearsal.providers.values import Properties

TOKEN_LIFETIME = 60
"""Lifetime of an EKS authentication token, in seconds."""


@dataclass(frozen=True)
class FunctionCall:
    """One call of a provider function: its arguments and the connection to AWS."""

    args: Properties
    connection: Connection
    config: ProviderConfig

    @property
    def region(self) -> str:
        """Region that the call requests, by default the provider's region."""
        return str(self.args.get("region") or self.config.region)

    def call_aws(self, service: str, operation: str, args: Args) -> Response:
        """Call AWS in the requested region and join all pages. Raises AwsError."""
        return self.connection.call(service, self.region, operation, args, pages=True)


def invoke(token: str, args: Properties, connection: Connection, config: ProviderConfig) -> Properties:
    """Run a provider function. Raises ProviderError if it is not implemented."""
    function = FUNCTIONS.get(token)
    if function is None:
        available = ", ".join(sorted(name.split(":")[-1] for name in FUNCTIONS))
        raise ProviderError(f"the emulated provider does not implement the function {token}; available: {available}")
    return function(FunctionCall(args, connection, config))


def _filters(call: FunctionCall) -> list[Args]:
    return [{"Name": entry["name"], "Values": entry["values"]} for entry in call.args.get("filters") or []]


def _availability_zones(call: FunctionCall) -> Properties:
    args = {"Filters": _filters(call), "AllAvailabilityZones": call.args.get("allAvailabilityZones")}
    excluded = {*(call.args.get("excludeNames") or []), *(call.args.get("excludeZoneIds") or [])}
    zones = [
        zone
        for zone in call.call_aws("ec2", "describe_availability_zones", args)["AvailabilityZones"]
        if zone["ZoneName"] not in excluded
        and zone["ZoneId"] not in excluded
        and call.args.get("state") in (None, zone["State"])
    ]
    zones.sort(key=lambda zone: str(zone["ZoneName"]))
    return {
        **call.args,
        "id": call.region,
        "region": call.region,
        "names": [zone["ZoneName"] for zone in zones],
        "zoneIds": [zone["ZoneId"] for zone in zones],
        "groupNames": sorted({zone.get("GroupName") or zone["RegionName"] for zone in zones}),
    }


def _caller_identity(call: FunctionCall) -> Properties:
    caller = call.call_aws("sts", "get_caller_identity", {})
    return {"id": caller["Account"], "accountId": caller["Account"], "arn": caller["Arn"], "userId": caller["UserId"]}


def _region(call: FunctionCall) -> Properties:
    name = str(call.args.get("region") or call.args.get("name") or call.config.region)
    return {
        "id": name,
        "name": name,
        "region": name,
        "description": name,
        "endpoint": f"ec2.{name}.amazonaws.com",
    }


def _partition(call: FunctionCall) -> Properties:  # noqa: ARG001  # all functions have this signature
    return {
        "id": PARTITION,
        "partition": PARTITION,
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    }


def _default_tags(call: FunctionCall) -> Properties:
    return {"id": "default_tags", "tags": dict(call.config.tags.defaults)}


def _camel_case(name: str) -> str:
    return name[0].lower() + name[1:]


def _ami(call: FunctionCall) -> Properties:
    args = {
        "Owners": call.args.get("owners"),
        "Filters": _filters(call),
        "ExecutableUsers": call.args.get("executableUsers"),
    }
    images = call.call_aws("ec2", "describe_images", args)["Images"]
    if call.args.get("nameRegex"):
        pattern = re.compile(call.args["nameRegex"])
        images = [image for image in images if pattern.search(image.get("Name", ""))]
    if not images:
        raise ProviderError("Your query returned no results. Please change your search criteria and try again.")
    if len(images) > 1 and not call.args.get("mostRecent"):
        raise ProviderError(
            "Your query returned more than one result. Please try a more specific search criteria, or set mostRecent."
        )
    newest = max(images, key=lambda image: str(image.get("CreationDate", "")))
    scalars = {_camel_case(name): value for name, value in newest.items() if isinstance(value, str | bool | int)}
    return {**call.args, **scalars, "id": newest["ImageId"], "tags": tags_from_aws(newest.get("Tags"))}


def _ssm_parameter(call: FunctionCall) -> Properties:
    name = call.args["name"]
    decrypt = call.args.get("withDecryption", True)
    parameter = call.call_aws("ssm", "get_parameter", {"Name": name, "WithDecryption": decrypt})["Parameter"]
    secure = parameter["Type"] == "SecureString"
    return {
        **call.args,
        "arn": parameter["ARN"],
        "type": parameter["Type"],
        "value": parameter["Value"],
        "version": parameter["Version"],
        **({} if secure else {"insecureValue": parameter["Value"]}),
        "id": name,
        "region": call.region,
        "withDecryption": decrypt,
    }


def _cluster_auth(call: FunctionCall) -> Properties:
    """Return an EKS token: a presigned STS URL, as created by `aws eks get-token`."""
    name = call.args["name"]
    credentials = call.connection.credentials
    events = botocore.hooks.HierarchicalEmitter()  # a local variable, because the signer holds only a weak reference
    signer = RequestSigner(
        ServiceId("STS"),
        call.region,
        "sts",
        "v4",
        botocore.credentials.Credentials(credentials.access_key, credentials.secret_key, credentials.token or None),
        events,
    )
    request: dict[str, Any] = {
        "method": "GET",
        "url": f"https://sts.{call.region}.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
        "body": {},
        "headers": {"x-k8s-aws-id": name},
        "context": {},
    }
    url = signer.generate_presigned_url(request, operation_name="", expires_in=TOKEN_LIFETIME, region_name=call.region)
    token = base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
    return {"id": name, "name": name, "region": call.region, "token": f"k8s-aws-v1.{token}"}


_PASSWORD_OPTIONS = (
    "excludeCharacters",
    "excludeLowercase",
    "excludeNumbers",
    "excludePunctuation",
    "excludeUppercase",
    "includeSpace",
    "passwordLength",
    "requireEachIncludedType",
)


def _random_password(call: FunctionCall) -> Properties:
    args = {name[0].upper() + name[1:]: call.args.get(name) for name in _PASSWORD_OPTIONS}
    password = call.call_aws("secretsmanager", "get_random_password", args)["RandomPassword"]
    return {**call.args, "id": password, "randomPassword": password}


def _kms_key(call: FunctionCall) -> Properties:
    metadata = call.call_aws("kms", "describe_key", {"KeyId": call.args["keyId"]})["KeyMetadata"]
    scalars = {_camel_case(name): value for name, value in metadata.items() if isinstance(value, str | bool)}
    scalars["awsAccountId"] = scalars.pop("aWSAccountId", "")
    return {
        **scalars,
        **call.args,
        "id": metadata["KeyId"],
        "customerMasterKeySpec": metadata.get("CustomerMasterKeySpec"),
        "creationDate": str(metadata.get("CreationDate", "")),
    }


def _kms_alias(call: FunctionCall) -> Properties:
    name = call.args["name"]
    aliases = call.call_aws("kms", "list_aliases", {})["Aliases"]
    alias = next((entry for entry in aliases if entry["AliasName"] == name), None)
    if alias is None:
        raise AwsError("kms", "list_aliases", "NotFoundException", f"there is no key named {name} in {call.region}")
    arn, key_id = alias["AliasArn"], alias.get("TargetKeyId", "")
    key_arn = arn.replace(f":{name}", f":key/{key_id}")
    return {"id": arn, "name": name, "arn": arn, "targetKeyId": key_id, "targetKeyArn": key_arn}


def _policy_document(call: FunctionCall) -> Properties:
    return policy_document(call.args)


FUNCTIONS: Mapping[str, Callable[[FunctionCall], Properties]] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": _availability_zones,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getDefaultTags:getDefaultTags": _default_tags,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
    "aws:ec2/getAmi:getAmi": _ami,
    "aws:eks/getClusterAuth:getClusterAuth": _cluster_auth,
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy_document,
    "aws:kms/getAlias:getAlias": _kms_alias,
    "aws:kms/getKey:getKey": _kms_key,
    "aws:secretsmanager/getRandomPassword:getRandomPassword": _random_password,
    "aws:ssm/getParameter:getParameter": _ssm_parameter,
}
"""Token → provider function."""
