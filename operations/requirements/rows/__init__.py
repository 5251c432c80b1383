"""The rows, by section of the document; what is not a resource (pipelines, rotas, runbooks) has none here."""

from collections.abc import Mapping

from operations.requirements.rows import cost, delivery, environments, recovery, vault
from operations.requirements.table import Row

SECTIONS: Mapping[str, tuple[Row, ...]] = {
    "Environment strategy": environments.ROWS,
    "CI/CD pipeline": delivery.PIPELINE,
    "Blue-green deployment flow": delivery.BLUE_GREEN,
    "Infrastructure as code": delivery.MODULES,
    "Kubernetes configuration": delivery.KUBERNETES,
    "Configuration management": delivery.CONFIGURATION,
    "Secrets management": vault.ROWS,
    "Backup and disaster recovery": recovery.ROWS,
    "Cost management and guardrails": cost.ROWS,
}
"""In the order of the document."""
