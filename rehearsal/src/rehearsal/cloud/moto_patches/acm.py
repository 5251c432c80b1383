"""ACM: certificates are issued when their validation records exist."""

from typing import Any, ClassVar

from moto.acm import models
from moto.route53.models import route53_backends
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches


class CertBundle(models.CertBundle):
    """Certificate that is issued when a hosted zone contains its validation records."""

    original: ClassVar[type[models.CertBundle]]

    @override
    def check(self) -> None:
        if self.status != "PENDING_VALIDATION":
            CertBundle.original.check(self)
        elif _validation_records(self) <= _cname_records(self.arn.split(":")[4]):
            self.status = "ISSUED"


def _validation_records(certificate: models.CertBundle) -> set[tuple[str, str]]:
    options: Any = certificate.describe()["Certificate"].get("DomainValidationOptions", [])
    return {_normalized(option["ResourceRecord"]["Name"], option["ResourceRecord"]["Value"]) for option in options}


def _cname_records(account: str) -> set[tuple[str, str]]:
    return {
        _normalized(record.name, value)
        for zone in list(route53_backends[account]["aws"].zones.values())
        for record in list(zone.rrsets)
        if record.type == "CNAME"
        for value in record.records
    }


def _normalized(name: str, value: str) -> tuple[str, str]:
    return name.rstrip(".").lower(), value.rstrip(".").lower()


def install(patches: Patches) -> None:
    """Patch moto's ACM."""
    patches.install(CertBundle)


MOTO_PATCHES = (
    MotoPatch(
        name="acm-dns-validation",
        moto="issues every certificate after one minute",
        aws="issues a DNS-validated certificate once its validation records are in DNS",
        source="ACM User Guide, DNS validation",
        upstream="to file: ACM: Issue DNS-validated certificates only when Route 53 has the validation records",
        operations=("RequestCertificate", "DescribeCertificate"),
    ),
)
