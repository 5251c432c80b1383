"""Declarations of all supported `vault` resource types."""

from collections.abc import Mapping

from rehearsal.providers.vault.handlers import (
    AccessorHandler,
    GeneratedHandler,
    IdentityHandler,
    PathHandler,
    TransitKeyHandler,
)
from rehearsal.providers.vault.key_value import GenericEndpointHandler, KvSecretHandler, KvV2SecretHandler
from rehearsal.providers.vault.mounts import (
    AuditDeviceHandler,
    ConfiguredAuthHandler,
    DatabaseConnectionHandler,
    DatabaseMountHandler,
    MountHandler,
)
from rehearsal.providers.vault.types import VaultType

_POSTGRESQL = {"postgresql": "postgresql-database-plugin"}
_OTHER_DATABASES = frozenset(
    {"cassandra", "couchbase", "elasticsearch", "hana", "influxdb", "mongodb", "mongodbatlas", "mssql", "mysql"}
    | {"mysqlAurora", "mysqlLegacy", "mysqlRds", "oracle", "redis", "redisElasticache", "redshift", "snowflake"}
)
_OTHER_DATABASE_LISTS = frozenset(
    {"cassandras", "couchbases", "elasticsearches", "hanas", "influxdbs", "mongodbatlas", "mongodbs", "mssqls"}
    | {"mysqlAuroras", "mysqlLegacies", "mysqlRds", "mysqls", "oracles", "redis", "redisElasticaches", "redshifts"}
    | {"snowflakes"}
)
_MOUNT_NAMES = {"defaultLeaseTtlSeconds": "default_lease_ttl", "maxLeaseTtlSeconds": "max_lease_ttl"}
_MOUNT_FORCE_NEW = frozenset({"type", "local", "sealWrap", "externalEntropyAccess", "forceNoCache"})
_READ_OPTIONS = frozenset({"deleteAllVersions", "disableRead"})
_PKI_LISTS = frozenset({"altNames"})
_PKI_SECRETS = frozenset({"jksPassword", "pkcs12Password"})
_LOGIN = ("password", "passwordWo", "privateKey", "serviceAccountJson")

_TYPES = (
    VaultType(
        "vault:index/mount:Mount",
        "sys/mounts/{path}",
        MountHandler("sys/mounts"),
        "{path}",
        vault_names=_MOUNT_NAMES,
        force_new=_MOUNT_FORCE_NEW,
    ),
    VaultType(
        "vault:index/authBackend:AuthBackend",
        "sys/auth/{path}",
        MountHandler("sys/auth"),
        "{path}",
        path_defaults={"path": "{type}"},
        force_new=frozenset({"type", "local"}),
        provider_only=frozenset({"disableRemount"}),
    ),
    VaultType(
        "vault:index/audit:Audit",
        "sys/audit/{path}",
        AuditDeviceHandler(),
        "{path}",
        path_defaults={"path": "{type}"},
        always_replace=True,
    ),
    VaultType(
        "vault:index/policy:Policy",
        "sys/policies/acl/{name}",
        PathHandler(),
        "{name}",
        provider_only=frozenset({"allowOverwrite"}),
    ),
    VaultType("vault:index/passwordPolicy:PasswordPolicy", "sys/policies/password/{name}", PathHandler(), "{name}"),
    VaultType(
        "vault:index/token:Token",
        "auth/token/create",
        AccessorHandler("auth/token/create", "auth/token/lookup-accessor", "auth/token/revoke-accessor", "accessor"),
        vault_names={"metadata": "meta"},
        always_replace=True,
        secrets=frozenset({"clientToken"}),
        provider_only=frozenset({"renewMinLease", "renewIncrement"}),
        unsupported=frozenset({"roleName", "wrappingTtl"}),
    ),
    VaultType("vault:kv/secretBackendV2:SecretBackendV2", "{mount}/config", PathHandler(removable=False)),
    VaultType(
        "vault:kv/secretV2:SecretV2",
        "{mount}/data/{name}",
        KvV2SecretHandler(),
        provider_only=_READ_OPTIONS,
        secrets=frozenset({"dataJson", "dataJsonWo"}),
    ),
    VaultType("vault:kv/secret:Secret", "{path}", KvSecretHandler(), secrets=frozenset({"dataJson"})),
    VaultType(
        "vault:generic/secret:Secret",
        "{path}",
        KvSecretHandler(),
        provider_only=_READ_OPTIONS,
        secrets=frozenset({"dataJson"}),
    ),
    VaultType(
        "vault:generic/endpoint:Endpoint",
        "{path}",
        GenericEndpointHandler(),
        secrets=frozenset({"dataJson"}),
        provider_only=frozenset({"disableRead", "disableDelete", "ignoreAbsentFields"}),
    ),
    VaultType(
        "vault:database/secretsMount:SecretsMount",
        "sys/mounts/{path}",
        DatabaseMountHandler("sys/mounts"),
        "{path}",
        vault_names=_MOUNT_NAMES,
        force_new=_MOUNT_FORCE_NEW - {"type"},
        constants={"type": "database"},
        secrets=frozenset({f"postgresqls.{member}" for member in _LOGIN}),
        unsupported=_OTHER_DATABASE_LISTS,
    ),
    VaultType(
        "vault:database/secretBackendConnection:SecretBackendConnection",
        "{backend}/config/{name}",
        DatabaseConnectionHandler(_POSTGRESQL),
        unsupported=_OTHER_DATABASES,
        secrets=frozenset({"data", *(f"postgresql.{member}" for member in _LOGIN)}),
    ),
    VaultType(
        "vault:database/secretBackendRole:SecretBackendRole",
        "{backend}/roles/{name}",
        PathHandler(),
        force_new=frozenset({"dbName"}),
    ),
    VaultType(
        "vault:database/secretBackendStaticRole:SecretBackendStaticRole",
        "{backend}/static-roles/{name}",
        PathHandler(),
        force_new=frozenset({"dbName", "username"}),
        secrets=frozenset({"selfManagedPassword"}),
        vault_names={"passwordWo": "password"},
    ),
    VaultType(
        "vault:kubernetes/authBackendConfig:AuthBackendConfig",
        "auth/{backend}/config",
        PathHandler(removable=False),
        path_defaults={"backend": "kubernetes"},
        secrets=frozenset({"tokenReviewerJwt"}),
    ),
    VaultType(
        "vault:kubernetes/authBackendRole:AuthBackendRole",
        "auth/{backend}/role/{roleName}",
        PathHandler(),
        path_defaults={"backend": "kubernetes"},
    ),
    VaultType(
        "vault:jwt/authBackend:AuthBackend",
        "sys/auth/{path}",
        ConfiguredAuthHandler("sys/auth"),
        "{path}",
        path_defaults={"path": "jwt"},
        force_new=frozenset({"type", "local"}),
        constants={"type": "jwt"},
        provider_only=frozenset({"disableRemount", "namespaceInState"}),
        secrets=frozenset({"oidcClientSecret"}),
    ),
    VaultType(
        "vault:jwt/authBackendRole:AuthBackendRole",
        "auth/{backend}/role/{roleName}",
        PathHandler(),
        path_defaults={"backend": "jwt"},
        constants={"role_type": "oidc"},
        comma_split=frozenset({"boundClaims"}),
        provider_only=frozenset({"disableBoundClaimsParsing"}),
    ),
    VaultType(
        "vault:appRole/authBackendRole:AuthBackendRole",
        "auth/{backend}/role/{roleName}",
        PathHandler(),
        path_defaults={"backend": "approle"},
    ),
    VaultType(
        "vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId",
        "auth/{backend}/role/{roleName}/secret-id",
        AccessorHandler(
            "auth/{backend}/role/{roleName}/secret-id",
            "auth/{backend}/role/{roleName}/secret-id-accessor/lookup",
            "auth/{backend}/role/{roleName}/secret-id-accessor/destroy",
            "secret_id_accessor",
        ),
        path_defaults={"backend": "approle"},
        vault_names={"accessor": "secret_id_accessor", "cidrLists": "cidr_list"},
        always_replace=True,
        provider_only=frozenset({"withWrappedAccessor"}),
        unsupported=frozenset({"secretId", "wrappingTtl"}),
    ),
    VaultType(
        "vault:transit/secretBackendKey:SecretBackendKey",
        "{backend}/keys/{name}",
        TransitKeyHandler(),
        force_new=frozenset(
            {
                "type",
                "derived",
                "convergentEncryption",
                "context",
                "keySize",
                "managedKeyId",
                "managedKeyName",
                "parameterSet",
                "hybridKeyTypeEc",
                "hybridKeyTypePqc",
            }
        ),
    ),
    VaultType(
        "vault:transit/secretCacheConfig:SecretCacheConfig", "{backend}/cache-config", PathHandler(removable=False)
    ),
    VaultType(
        "vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert",
        "{backend}/root/generate/{type}",
        GeneratedHandler("{backend}/issuer/{issuer_id}"),
        always_replace=True,
        comma_joined=_PKI_LISTS,
        secrets=_PKI_SECRETS,
    ),
    VaultType(
        "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest",
        "{backend}/intermediate/generate/{type}",
        GeneratedHandler("{backend}/key/{key_id}"),
        always_replace=True,
        comma_joined=_PKI_LISTS,
    ),
    VaultType(
        "vault:pkiSecret/secretBackendRole:SecretBackendRole",
        "{backend}/roles/{name}",
        PathHandler(),
        vault_names={
            "countries": "country",
            "extKeyUsages": "ext_key_usage",
            "keyUsages": "key_usage",
            "localities": "locality",
            "organizationUnit": "ou",
            "organizations": "organization",
            "postalCodes": "postal_code",
            "provinces": "province",
            "streetAddresses": "street_address",
        },
        unsupported=frozenset({"policyIdentifier"}),
    ),
    VaultType(
        "vault:pkiSecret/secretBackendConfigUrls:SecretBackendConfigUrls",
        "{backend}/config/urls",
        PathHandler(removable=False),
    ),
    VaultType(
        "vault:identity/group:Group",
        "identity/group",
        IdentityHandler(),
        force_new=frozenset({"type"}),
        provider_only=frozenset({"externalPolicies", "externalMemberEntityIds", "externalMemberGroupIds"}),
    ),
    VaultType("vault:identity/groupAlias:GroupAlias", "identity/group-alias", IdentityHandler()),
    VaultType(
        "vault:identity/entity:Entity",
        "identity/entity",
        IdentityHandler(),
        provider_only=frozenset({"externalPolicies"}),
    ),
    VaultType(
        "vault:identity/entityAlias:EntityAlias",
        "identity/entity-alias",
        IdentityHandler(),
        force_new=frozenset({"mountAccessor", "customMetadata"}),
        unsupported=frozenset({"externalId", "issuer"}),
    ),
)

TYPES: Mapping[str, VaultType] = {declared.token: declared for declared in _TYPES}
"""Token → supported type."""
