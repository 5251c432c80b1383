"""Requirements by section of the source.

Sentences that no resource can meet (pipelines, rotas, runbooks) have no entry here.
"""

from collections.abc import Mapping

from operations.requirements.sections import cost, delivery, environments, recovery, vault
from operations.requirements.table import Requirement

SECTIONS: Mapping[str, tuple[Requirement, ...]] = {
    "Environment strategy": environments.REQUIREMENTS,
    "CI/CD pipeline": delivery.PIPELINE,
    "Blue-green deployment flow": delivery.BLUE_GREEN,
    "Infrastructure as code": delivery.MODULES,
    "Kubernetes configuration": delivery.KUBERNETES,
    "Configuration management": delivery.CONFIGURATION,
    "Secrets management": vault.REQUIREMENTS,
    "Backup and disaster recovery": recovery.REQUIREMENTS,
    "Cost management and guardrails": cost.REQUIREMENTS,
}
"""Sections in the order of the source."""
