"""Resources that meet the section on secrets management."""

from operations.requirements.gaps import not_yet, outside
from operations.requirements.table import Requirement, at_most, everywhere, requirement

NINETY_DAYS = 90 * 24 * 3600
"""90 days in seconds."""
INJECTED = 'spec.template.metadata.annotations."vault.hashicorp.com/{}"'
"""JMESPath of an annotation that the Vault Agent injector reads."""

REQUIREMENTS: tuple[Requirement, ...] = (
    requirement(
        "SECRETS-01",
        everywhere("vault.Mount", "database-secrets", "type", "database"),
        everywhere("vault.SecretBackendRole", "database-secrets-*", "creationStatements"),
    ),
    requirement(
        "SECRETS-02",
        everywhere("k8s.Rollout", "alerts", INJECTED.format("agent-inject"), "true"),
        everywhere(
            "k8s.Rollout",
            "alerts",
            INJECTED.format("agent-inject-secret-database"),
            "database/creds/records-read-write",
        ),
        everywhere("vault.AuthBackend", "sign-in", "type", "kubernetes"),
        everywhere("vault.AuthBackendRole", "sign-in-alerts", "boundServiceAccountNames", ["alerts"]),
        gaps=[
            not_yet(
                "Argo CD installs the injector, which does not run in a rehearsed cluster",
                by="Argo CD in a real cluster",
            ),
        ],
    ),
    requirement(
        "SECRETS-03",
        everywhere("vault.SecretBackendRole", "database-secrets-*", "maxTtl", at_most(NINETY_DAYS)),
        gaps=[
            not_yet("API keys of external services are not rotated", by="the owners of the external accounts"),
        ],
    ),
    requirement(
        "SECRETS-04",
        everywhere("vault.Policy", "vault-*", "contains(policy, 'path \"')", wanted=True),
        everywhere("vault.Policy", "vault-*", "contains(policy, 'path \"*\"')", wanted=False),
        everywhere("vault.AuthBackendRole", "sign-in-*", "tokenMaxTtl", at_most(NINETY_DAYS)),
    ),
    requirement(
        "SECRETS-05",
        everywhere("vault.SecretBackendRole", "database-secrets-records-read-only", "defaultTtl"),
        everywhere("vault.SecretBackendRole", "database-secrets-records-read-write", "defaultTtl"),
    ),
    requirement(
        "SECRETS-07",
        everywhere("kms.Key", "*", "enableKeyRotation", wanted=True),
        everywhere("rds.Instance", "records", "kmsKeyId", source="kms.Key database"),
        everywhere("s3.BucketServerSideEncryptionConfiguration", "evidence", "rules", source="kms.Key evidence"),
        everywhere("eks.Cluster", "cluster", "encryptionConfig", source="kms.Key cluster"),
    ),
    requirement(
        "SECRETS-08",
        everywhere("acm.Certificate", "edge*", "validationMethod", "DNS"),
        gaps=[
            outside("renewal of certificates", by="AWS Certificate Manager instead of Let's Encrypt"),
        ],
    ),
    requirement(
        "SECRETS-11",
        everywhere("vault.AuthBackendRole", "sign-in-ci-cd", "boundServiceAccountNames"),
        everywhere("vault.AuthBackendRole", "sign-in-ci-cd", "tokenPolicies", ["ci-cd-policy"]),
        everywhere("vault.AuthBackendRole", "sign-in-ci-cd", "tokenTtl", 15 * 60),
    ),
)
