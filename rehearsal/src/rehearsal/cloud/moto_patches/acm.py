"""ACM: a certificate is issued when the records that prove the domain are there, and not before."""

from typing import Any

from moto.acm.models import CertBundle
from moto.route53.models import route53_backends

from rehearsal.cloud.moto_patches.base import MotoPatch
from rehearsal.cloud.patches import Patches


def dns_validation(patches: Patches) -> None:
    """Issue a certificate as soon as all of its validation records are in a hosted zone of the account."""

    def wrapper(original: Any) -> Any:
        def check(self: Any) -> None:
            if self.status != "PENDING_VALIDATION":
                original(self)
            elif _wanted_records(self) <= _records(_account(self.arn)):
                self.status = "ISSUED"

        return check

    patches.wrap(CertBundle, "check", wrapper)


def _account(arn: str) -> str:
    return arn.split(":")[4]


def _wanted_records(certificate: Any) -> set[tuple[str, str]]:
    options = certificate.describe()["Certificate"].get("DomainValidationOptions", [])
    return {_normal(option["ResourceRecord"]["Name"], option["ResourceRecord"]["Value"]) for option in options}


def _records(account: str) -> set[tuple[str, str]]:
    return {
        _normal(record.name, value)
        for zone in list(route53_backends[account]["aws"].zones.values())
        for record in list(zone.rrsets)
        if record.type == "CNAME"
        for value in record.records
    }


def _normal(name: str, value: str) -> tuple[str, str]:
    return name.rstrip(".").lower(), value.rstrip(".").lower()


MOTO_PATCHES = (
    MotoPatch(
        "acm-dns-validation",
        "issues every certificate after a minute",
        "issues it when the validation records are in DNS",
        "ACM User Guide, DNS validation",
        dns_validation,
    ),
)
