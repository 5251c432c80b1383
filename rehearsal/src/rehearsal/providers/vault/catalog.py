"""The types of the `vault` provider that the emulated provider implements, a few lines each."""

from collections.abc import Mapping

from rehearsal.providers.vault.engines import Accessed, Generated, Numbered, Plain, TransitKey
from rehearsal.providers.vault.key_value import AnyEndpoint, PathSecret, VersionedSecret
from rehearsal.providers.vault.mounts import Audit, Configured, Connection, DatabaseMount, Mounted
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
_MOUNT_FIXED = frozenset({"type", "local", "sealWrap", "externalEntropyAccess", "forceNoCache"})
_READING = frozenset({"deleteAllVersions", "disableRead"})
_PKI_LISTS = frozenset({"altNames"})
_PKI_SECRETS = frozenset({"jksPassword", "pkcs12Password"})
_LOGIN = ("password", "passwordWo", "privateKey", "serviceAccountJson")

_DECLARED = (
    VaultType("vault:index/mount:Mount", "sys/mounts/{path}", Mounted("sys/mounts"), "{path}",
              names=_MOUNT_NAMES, fixed=_MOUNT_FIXED),
    VaultType("vault:index/authBackend:AuthBackend", "sys/auth/{path}", Mounted("sys/auth"), "{path}",
              defaults={"path": "{type}"}, fixed=frozenset({"type", "local"}), local=frozenset({"disableRemount"})),
    VaultType("vault:index/audit:Audit", "sys/audit/{path}", Audit(), "{path}",
              defaults={"path": "{type}"}, immutable=True),
    VaultType("vault:index/policy:Policy", "sys/policies/acl/{name}", Plain(), "{name}",
              local=frozenset({"allowOverwrite"})),
    VaultType("vault:index/passwordPolicy:PasswordPolicy", "sys/policies/password/{name}", Plain(), "{name}"),
    VaultType("vault:index/token:Token", "auth/token/create",
              Accessed("auth/token/create", "auth/token/lookup-accessor", "auth/token/revoke-accessor", "accessor"),
              names={"metadata": "meta"}, immutable=True, secrets=frozenset({"clientToken"}),
              local=frozenset({"renewMinLease", "renewIncrement"}), refused=frozenset({"roleName", "wrappingTtl"})),
    VaultType("vault:kv/secretBackendV2:SecretBackendV2", "{mount}/config", Plain(removable=False)),
    VaultType("vault:kv/secretV2:SecretV2", "{mount}/data/{name}", VersionedSecret(),
              local=_READING, secrets=frozenset({"dataJson", "dataJsonWo"})),
    VaultType("vault:kv/secret:Secret", "{path}", PathSecret(), secrets=frozenset({"dataJson"})),
    VaultType("vault:generic/secret:Secret", "{path}", PathSecret(), local=_READING, secrets=frozenset({"dataJson"})),
    VaultType("vault:generic/endpoint:Endpoint", "{path}", AnyEndpoint(), secrets=frozenset({"dataJson"}),
              local=frozenset({"disableRead", "disableDelete", "ignoreAbsentFields"})),
    VaultType("vault:database/secretsMount:SecretsMount", "sys/mounts/{path}", DatabaseMount("sys/mounts"), "{path}",
              names=_MOUNT_NAMES, fixed=_MOUNT_FIXED - {"type"}, fixed_value={"type": "database"},
              secrets=frozenset({f"postgresqls.{member}" for member in _LOGIN}), refused=_OTHER_DATABASE_LISTS),
    VaultType("vault:database/secretBackendConnection:SecretBackendConnection", "{backend}/config/{name}",
              Connection(_POSTGRESQL), refused=_OTHER_DATABASES,
              secrets=frozenset({"data", *(f"postgresql.{member}" for member in _LOGIN)})),
    VaultType("vault:database/secretBackendRole:SecretBackendRole", "{backend}/roles/{name}", Plain(),
              fixed=frozenset({"dbName"})),
    VaultType("vault:database/secretBackendStaticRole:SecretBackendStaticRole", "{backend}/static-roles/{name}",
              Plain(), fixed=frozenset({"dbName", "username"}), secrets=frozenset({"selfManagedPassword"}),
              names={"passwordWo": "password"}),
    VaultType("vault:kubernetes/authBackendConfig:AuthBackendConfig", "auth/{backend}/config", Plain(removable=False),
              defaults={"backend": "kubernetes"}, secrets=frozenset({"tokenReviewerJwt"})),
    VaultType("vault:kubernetes/authBackendRole:AuthBackendRole", "auth/{backend}/role/{roleName}", Plain(),
              defaults={"backend": "kubernetes"}),
    VaultType("vault:jwt/authBackend:AuthBackend", "sys/auth/{path}", Configured("sys/auth"), "{path}",
              defaults={"path": "jwt"}, fixed=frozenset({"type", "local"}), fixed_value={"type": "jwt"},
              local=frozenset({"disableRemount", "namespaceInState"}), secrets=frozenset({"oidcClientSecret"})),
    VaultType("vault:jwt/authBackendRole:AuthBackendRole", "auth/{backend}/role/{roleName}", Plain(),
              defaults={"backend": "jwt"}, fixed_value={"role_type": "oidc"},
              split=frozenset({"boundClaims"}), local=frozenset({"disableBoundClaimsParsing"})),
    VaultType("vault:appRole/authBackendRole:AuthBackendRole", "auth/{backend}/role/{roleName}", Plain(),
              defaults={"backend": "approle"}),
    VaultType("vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId",
              "auth/{backend}/role/{roleName}/secret-id",
              Accessed("auth/{backend}/role/{roleName}/secret-id",
                       "auth/{backend}/role/{roleName}/secret-id-accessor/lookup",
                       "auth/{backend}/role/{roleName}/secret-id-accessor/destroy", "secret_id_accessor"),
              defaults={"backend": "approle"}, names={"accessor": "secret_id_accessor", "cidrLists": "cidr_list"},
              immutable=True, local=frozenset({"withWrappedAccessor"}), refused=frozenset({"secretId", "wrappingTtl"})),
    VaultType("vault:transit/secretBackendKey:SecretBackendKey", "{backend}/keys/{name}", TransitKey(),
              fixed=frozenset({"type", "derived", "convergentEncryption", "context", "keySize", "managedKeyId",
                               "managedKeyName", "parameterSet", "hybridKeyTypeEc", "hybridKeyTypePqc"})),
    VaultType("vault:transit/secretCacheConfig:SecretCacheConfig", "{backend}/cache-config", Plain(removable=False)),
    VaultType("vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert", "{backend}/root/generate/{type}",
              Generated("{backend}/issuer/{issuer_id}"), immutable=True, joined=_PKI_LISTS, secrets=_PKI_SECRETS),
    VaultType("vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest",
              "{backend}/intermediate/generate/{type}", Generated("{backend}/key/{key_id}"),
              immutable=True, joined=_PKI_LISTS),
    VaultType("vault:pkiSecret/secretBackendRole:SecretBackendRole", "{backend}/roles/{name}", Plain(),
              names={"countries": "country", "extKeyUsages": "ext_key_usage", "keyUsages": "key_usage",
                     "localities": "locality", "organizationUnit": "ou", "organizations": "organization",
                     "postalCodes": "postal_code", "provinces": "province", "streetAddresses": "street_address"},
              refused=frozenset({"policyIdentifier"})),
    VaultType("vault:pkiSecret/secretBackendConfigUrls:SecretBackendConfigUrls", "{backend}/config/urls",
              Plain(removable=False)),
    VaultType("vault:identity/group:Group", "identity/group", Numbered(), fixed=frozenset({"type"}),
              local=frozenset({"externalPolicies", "externalMemberEntityIds", "externalMemberGroupIds"})),
    VaultType("vault:identity/groupAlias:GroupAlias", "identity/group-alias", Numbered()),
    VaultType("vault:identity/entity:Entity", "identity/entity", Numbered(), local=frozenset({"externalPolicies"})),
    VaultType("vault:identity/entityAlias:EntityAlias", "identity/entity-alias", Numbered(),
              fixed=frozenset({"mountAccessor", "customMetadata"}), refused=frozenset({"externalId", "issuer"})),
)  # fmt: skip

TYPES: Mapping[str, VaultType] = {declared.token: declared for declared in _DECLARED}
"""By type token."""
