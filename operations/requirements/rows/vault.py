"""Secrets management: what Vault and the keys are set up to do."""

from operations.requirements.table import Row, at_most, everywhere, row

NINETY_DAYS = 90 * 24 * 3600
"""Seconds."""
INJECTED = 'spec.template.metadata.annotations."vault.hashicorp.com/{}"'
"""What a pod asks the injector for."""

ROWS: tuple[Row, ...] = (
    row(
        "Primary secrets store with dynamic secret generation",
        everywhere("vault.Mount", "database-secrets", "type", "database"),
        everywhere("vault.SecretBackendRole", "database-secrets-*", "creationStatements"),
    ),
    row(
        "Vault Agent injector for automatic secret mounting",
        everywhere("k8s.Rollout", "alerts", INJECTED.format("agent-inject"), "true"),
        everywhere(
            "k8s.Rollout",
            "alerts",
            INJECTED.format("agent-inject-secret-database"),
            "database/creds/records-read-write",
        ),
        everywhere("vault.AuthBackend", "sign-in", "type", "kubernetes"),
        everywhere("vault.AuthBackendRole", "sign-in-alerts", "boundServiceAccountNames", ["alerts"]),
    ),
    row(
        "Automatic 90-day rotation for database credentials, API keys",
        everywhere("vault.SecretBackendRole", "database-secrets-*", "maxTtl", at_most(NINETY_DAYS)),
    ),
    row(
        "Path-based access policies, time-bounded tokens",
        everywhere("vault.Policy", "vault-*", "policy"),
        everywhere("vault.AuthBackendRole", "sign-in-*", "tokenMaxTtl", at_most(NINETY_DAYS)),
    ),
    row(
        "Auto-rotated connection strings, read/write separation",
        everywhere("vault.SecretBackendRole", "database-secrets-records-read-only", "defaultTtl"),
        everywhere("vault.SecretBackendRole", "database-secrets-records-read-write", "defaultTtl"),
    ),
    row(
        "AES-256 keys for data encryption, key versioning support",
        everywhere("kms.Key", "*", "enableKeyRotation", wanted=True),
        everywhere("rds.Instance", "records", "kmsKeyId", source="kms.Key database"),
        everywhere("s3.BucketServerSideEncryptionConfiguration", "evidence", "rules", source="kms.Key evidence"),
        everywhere("eks.Cluster", "cluster", "encryptionConfig", source="kms.Key cluster"),
    ),
    row(
        "TLS certificates with automatic renewal via Let's Encrypt/internal CA",
        everywhere("acm.Certificate", "edge*", "validationMethod", "DNS"),
    ),
    row(
        "vault write auth/kubernetes/role/ci-cd \\",
        everywhere("vault.AuthBackendRole", "sign-in-ci-cd", "boundServiceAccountNames"),
        everywhere("vault.AuthBackendRole", "sign-in-ci-cd", "tokenPolicies", ["ci-cd-policy"]),
        everywhere("vault.AuthBackendRole", "sign-in-ci-cd", "tokenTtl", 15 * 60),
    ),
)
