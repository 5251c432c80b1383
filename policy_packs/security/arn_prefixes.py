"""Text between the resource type and the name in ARNs, such as `app/`.

All resources of a type have the same prefix. Literal characters of a pattern that belong to the prefix therefore select
no particular resource.

Source: Service Authorization Reference, "Resource types" of each service.
"""

from functools import lru_cache
from typing import Final

NAME: Final = "\0"
"""Placeholder for any name; NUL, because no valid ARN pattern contains it."""

_PATHS: Final = {
    "apigateway": (
        *("apikeys/", "apis/", "domainnames/", "restapis/", "usageplans/", "vpclinks/"),
        *("v2/apis/", "v2/domainnames/", "v2/vpclinks/"),
    ),
    # Auto Scaling puts an ID that nobody chooses before the name.
    "autoscaling": (
        f"{NAME}:autoscalinggroupname/",
        f"{NAME}:launchconfigurationname/",
        f"{NAME}:policyname/",
        f"{NAME}:scheduledactionname/",
    ),
    "cassandra": ("keyspace/",),
    "elasticloadbalancing": ("app/", "gwy/", "net/"),
    "emr-containers": ("jobtemplates/", "securityconfigurations/", "virtualclusters/"),
    "emr-serverless": ("applications/",),
    "grafana": ("workspaces/",),
    "healthlake": ("fhir/",),
    # Snapshots that RDS and AWS Backup make have these prefixes.
    "rds": ("awsbackup:", "rds:"),
    "servicecatalog": ("applications/", "attribute-groups/"),
    "signer": ("signing-jobs/", "signing-profiles/"),
    "swf": ("domain/",),
    "textract": ("adapters/",),
    "wafv2": ("ipset/", "managedruleset/", "regexpatternset/", "rulegroup/", "webacl/"),
}
_EC2_IDS: Final = (
    *("acl", "ami", "cgw", "cvpn-endpoint", "dopt", "eigw", "eipalloc", "eni", "fl", "h", "i", "igw", "ipam", "lt"),
    *("nat", "pcx", "pl", "rtb", "sg", "sgr", "snap", "subnet", "tgw", "tgw-attach", "tgw-rtb", "vgw", "vol", "vpc"),
    *("vpce", "vpce-svc", "vpn"),
)
# IDs continue with the digit 0 since AWS lengthened them. _HEXADECIMAL_IDS has those that AWS chooses at random.
_ID_PREFIXES: Final = {
    "rds-db": ("cluster-", "db-", "prx-"),
    "route53": ("z", "z0"),
    # Services of AWS name the secrets that they manage so, such as rds!cluster-… for the password of a database.
    "secretsmanager": (
        *("appflow!", "databrew!", "datasync!", "directconnect!", "ecs-sc!", "events!connection/"),
        *("opsworks-cm!", "rds!cluster-", "rds!db-", "redshift!", "sqlworkbench!"),
    ),
    "ssm": ("mi-", "mi-0"),
}
_HEXADECIMAL_IDS: Final = {
    "ec2": tuple(f"{each}-" for each in _EC2_IDS),
    "elasticfilesystem": ("fs-", "fsap-"),
    "fsx": ("fs-",),
    "kms": ("key/", "key/mrk-"),
}
"""Text before IDs that AWS chooses at random."""


@lru_cache(maxsize=256)
def path_words(service: str) -> frozenset[str]:
    """Return the words of a service's paths, in lower case."""
    words = "/".join(_PATHS.get(service, ())).replace(":", "/").split("/")
    return frozenset(words) - {"", NAME}


def id_prefixes(service: str) -> tuple[str, ...]:
    """Return the prefixes that a service gives to its IDs, in lower case."""
    return _ID_PREFIXES.get(service, ())


def prefixes(service: str) -> tuple[str, ...]:
    """Return all texts, in lower case, that may precede a name in ARNs of a service."""
    return (*_PATHS.get(service, ()), *id_prefixes(service))


def hexadecimal_ids(service: str) -> tuple[str, ...]:
    """Return the texts, in lower case, that precede random IDs of a service.

    For KMS they begin with the type, because aliases have names.
    """
    return _HEXADECIMAL_IDS.get(service, ())


SERVICES: Final = (*_PATHS, *_ID_PREFIXES, *_HEXADECIMAL_IDS)
"""Services that have prefixes."""
