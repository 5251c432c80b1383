"""ACM: issuance of DNS-validated certificates, deletion of certificates in use."""

from typing import Any, ClassVar

from moto.acm import models
from moto.core.exceptions import JsonRESTError
from moto.elbv2.models import elbv2_backends
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


class AWSCertificateManagerBackend(models.AWSCertificateManagerBackend):
    """Backend that refuses to delete a certificate that a listener uses."""

    original: ClassVar[type[models.AWSCertificateManagerBackend]]

    @override
    def delete_certificate(self, arn: str) -> None:
        balancers = list(elbv2_backends[self.account_id][self.region_name].load_balancers.values())
        for listener in [listener for balancer in balancers for listener in balancer.listeners.values()]:
            if arn in {*(listener.certificates or ()), listener.certificate}:
                message = f"Certificate {arn} in account {self.account_id} is in use."
                raise JsonRESTError("ResourceInUseException", message)
        AWSCertificateManagerBackend.original.delete_certificate(self, arn)


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
    patches.install(AWSCertificateManagerBackend)


MOTO_PATCHES = (
    MotoPatch(
        name="acm-dns-validation",
        moto="issues every certificate after one minute",
        aws="issues a DNS-validated certificate once its validation records are in DNS",
        source="ACM User Guide, DNS validation",
        upstream="to file: ACM: Issue DNS-validated certificates only when Route 53 has the validation records",
        operations=("RequestCertificate", "DescribeCertificate"),
    ),
    MotoPatch(
        name="acm-certificate-in-use",
        moto="deletes a certificate that a listener uses",
        aws="rejects the deletion with ResourceInUseException",
        source="ACM DeleteCertificate",
        upstream="to file: ACM: Reject DeleteCertificate if a listener uses the certificate",
    ),
)
