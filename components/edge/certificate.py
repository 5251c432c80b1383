"""TLS certificate of one region's load balancer."""

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import acm, route53

from components.base import PlatformComponent
from components.edge.args import CertificateArgs

PROOF_TTL = 300
"""TTL of the validation record in seconds.

The record is permanent, because AWS reads it again for every renewal.
"""


class Certificate(PlatformComponent):
    """A certificate for `*.<domain>` with DNS validation.

    AWS renews the certificate as long as the validation record exists. The zone must be delegated: until then AWS
    cannot find the record, and the update waits.

    Outputs: arn (resolves when the certificate is issued), validation_record (name of the record).
    """

    def __init__(self, name: str, args: CertificateArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:edge:Certificate", name, args.context, opts)
        certificate = acm.Certificate(
            name, domain_name=f"*.{args.domain}", validation_method="DNS", **self.child(args.role)
        )
        self.validation_record = (
            self._create_validation_record(name, args, certificate)
            if args.validation_record is None
            else pulumi.Output.from_input(args.validation_record)
        )
        issued = acm.CertificateValidation(
            name,
            certificate_arn=certificate.arn,
            validation_record_fqdns=[self.validation_record],
            **self.untagged(),
        )
        self.arn = issued.certificate_arn
        self.register_outputs({"arn": self.arn})

    def _create_validation_record(
        self, name: str, args: CertificateArgs, certificate: acm.Certificate
    ) -> pulumi.Output[str]:
        validation = certificate.domain_validation_options[0]
        record = route53.Record(
            f"{name}-proof",
            zone_id=args.zone_id,
            name=validation.resource_record_name,
            type=validation.resource_record_type,
            records=[validation.resource_record_value],
            ttl=PROOF_TTL,
            opts=self.child_options(),
        )
        return record.fqdn
