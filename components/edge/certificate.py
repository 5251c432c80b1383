"""The certificate of one region's load balancer."""

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import acm, route53

from components.base import PlatformComponent
from components.edge.args import CertificateArgs

PROOF_TTL = 300
"""Seconds. The record stays for good: AWS reads it again for every renewal."""


class Certificate(PlatformComponent):
    """A certificate for `*.<domain>`, proven by DNS and renewed by AWS as long as the proof is there.

    The zone must be delegated: until then AWS does not find the proof, and the update waits for it.
    Outputs: arn (once issued), proof (name of the record).
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
        wanted = certificate.domain_validation_options[0]
        record = route53.Record(
            f"{name}-proof",
            zone_id=args.zone_id,
            name=wanted.resource_record_name,
            type=wanted.resource_record_type,
            records=[wanted.resource_record_value],
            ttl=PROOF_TTL,
            opts=self.child_options(),
        )
        return record.fqdn
