"""GuardDuty, Security Hub and IAM Access Analyzer in one region."""

from dataclasses import dataclass

from pulumi import ResourceOptions
from pulumi_aws import accessanalyzer, guardduty, securityhub

from components.audit.plan import DETECTOR_FEATURES, STANDARDS, standard_arn, standard_label
from components.base import ComponentArgs, PlatformComponent


@dataclass(frozen=True, kw_only=True)
class DetectionArgs(ComponentArgs):
    """No arguments besides the deployment context, which names the region."""


class Detection(PlatformComponent):
    """GuardDuty, Security Hub standards and an external access analyzer."""

    def __init__(self, name: str, args: DetectionArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:audit:Detection", name, args.context, opts)
        detector = guardduty.Detector(
            name, enable=True, finding_publishing_frequency="FIFTEEN_MINUTES", **self.child("detector")
        )
        for feature in DETECTOR_FEATURES:
            guardduty.DetectorFeature(
                f"{name}-{feature.lower().replace('_', '-')}",
                detector_id=detector.id,
                name=feature,
                status="ENABLED",
                **self.untagged(),
            )
        hub = securityhub.Account(
            name,
            enable_default_standards=False,  # Standards are subscribed below, so that a preview shows them.
            auto_enable_controls=True,
            control_finding_generator="SECURITY_CONTROL",
            **self.untagged(),
        )
        for standard in STANDARDS:
            securityhub.StandardsSubscription(
                f"{name}-{standard_label(standard)}",
                standards_arn=standard_arn(args.context.region, standard),
                **self.untagged(ResourceOptions(depends_on=[hub])),
            )
        accessanalyzer.Analyzer(
            name,
            analyzer_name=args.context.resource_name("external-access"),
            type="ACCOUNT",
            **self.child("external-access"),
        )
        self.register_outputs({})
