"""Vault's connections to databases: TLS, and the roles that may use them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Fields, Resource

CONNECTION = "vault:database/secretBackendConnection:SecretBackendConnection"
MOUNT = "vault:database/secretsMount:SecretsMount"
LISTS: Mapping[str, str] = {
    "cassandras": "cassandra",
    "couchbases": "couchbase",
    "elasticsearches": "elasticsearch",
    "hanas": "hana",
    "influxdbs": "influxdb",
    "mongodbatlas": "mongodbatlas",
    "mongodbs": "mongodb",
    "mssqls": "mssql",
    "mysqlAuroras": "mysqlAurora",
    "mysqlLegacies": "mysqlLegacy",
    "mysqlRds": "mysqlRds",
    "mysqls": "mysql",
    "oracles": "oracle",
    "postgresqls": "postgresql",
    "redis": "redis",
    "redisElasticaches": "redisElasticache",
    "redshifts": "redshift",
    "snowflakes": "snowflake",
}
"""Property of a mount with its connections, and the product, which is also the property of a single connection."""
TLS_MODES = frozenset({"require", "verify-ca", "verify-full"})


@dataclass(frozen=True)
class Connection:
    """Connection to one database, and where it is in the resource."""

    product: str
    path: str
    fields: Fields


@dataclass(frozen=True)
class Encryption:
    """Test of a connection for TLS, and what to set."""

    is_required: Callable[[Fields], bool]
    fix: str


def connections(resource: Resource) -> Iterator[Connection]:
    """Yield the connections of a mount, or the one of a connection resource."""
    for name, product in LISTS.items():
        if resource.type == MOUNT:
            for index, fields in enumerate(resource.each(name)):
                yield Connection(product, f"{name}.{index}", fields)
        elif product in resource:
            yield Connection(product, product, resource.fields(product))


@rule("vault-database-must-name-roles", on=(CONNECTION, MOUNT))
def allowed_roles(resource: Resource) -> Findings:
    """A connection that allows every role also serves roles that are added later and were never reviewed with it."""
    places = [(f"{each.path}.allowedRoles", each.fields.texts("allowedRoles")) for each in connections(resource)]
    for path, roles in (("allowedRoles", resource.texts("allowedRoles")), *places):
        if any("*" in role for role in roles):
            yield f"{path} has '*'. List the roles that may use the connection."


@rule("vault-database-must-use-tls", on=(CONNECTION, MOUNT), covers=["Vault TLS end to end"], severity=Severity.HIGH)
def database_tls(resource: Resource) -> Findings:
    """Vault sends new passwords to the database, and most databases accept them over an unencrypted connection.

    Sources: Vault API documentation of each database plugin, and the documentation of the Go drivers pgx,
    go-sql-driver/mysql, mongo and go-mssqldb for the parameters in the URL.
    """
    for each in connections(resource):
        encryption = _ENCRYPTION.get(each.product)
        if encryption is None:
            yield f"The rule cannot tell if `{each.path}` uses TLS. Use a database that it can judge, or extend it."
        elif not encryption.is_required(each.fields):
            yield f"The connection `{each.path}` does not require TLS. {encryption.fix}"


def _parameters(query: str) -> Mapping[str, list[str]]:
    """Return the values of each parameter in a query. A name may occur more than once."""
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return found


def _url(fields: Fields) -> tuple[str, Mapping[str, list[str]]]:
    """Return the scheme and the parameters of a connection's URL.

    Both are empty if it has none.
    """
    try:
        parts = urlsplit(_text_of_url(fields))
    except ValueError:
        return "", {}
    return parts.scheme, _parameters(parts.query) if parts.scheme else {}


def _text_of_url(fields: Fields) -> str:
    return fields.text("connectionUrl") or ""


def _postgresql(fields: Fields) -> bool:
    modes = _url(fields)[1].get("sslmode", [])
    return bool(modes) and TLS_MODES.issuperset(modes)


def _mysql(fields: Fields) -> bool:
    # The driver has its own format. Its parameters follow the last slash.
    _, _, path = _text_of_url(fields).rpartition("/")
    values = _parameters(path.partition("?")[2]).get("tls", [])
    return all(value == "true" for value in values) and bool(values or fields.text("tlsCa"))


def _mongodb(fields: Fields) -> bool:
    scheme, parameters = _url(fields)
    values = [*parameters.get("tls", []), *parameters.get("ssl", [])]
    is_checked = not {"tlsInsecure", "sslInsecure"} & parameters.keys()
    return is_checked and all(value == "true" for value in values) and bool(values or scheme == "mongodb+srv")


def _mssql(fields: Fields) -> bool:
    scheme, parameters = _url(fields)
    lowered = [(name.lower(), value.lower()) for name, values in parameters.items() for value in values]
    modes = {value for name, value in lowered if name == "encrypt"}
    is_checked = all(value == "false" for name, value in lowered if name == "trustservercertificate")
    return scheme == "sqlserver" and is_checked and bool(modes) and modes <= {"true", "strict"}


def _elasticsearch(fields: Fields) -> bool:
    return (fields.text("url") or "").startswith("https://")


def _flag(fields: Fields) -> bool:
    return fields.flag("tls") is True


def _always(_: Fields) -> bool:
    return True


_IN_MYSQL = Encryption(_mysql, "Add tls=true to connection_url, or set tls_ca.")
_IN_POSTGRESQL = Encryption(_postgresql, "Add sslmode=require or stricter to connection_url.")
_BY_FLAG = Encryption(_flag, "Set tls=True.")
# These speak HTTPS or TLS whatever their settings.
_BY_PRODUCT = Encryption(_always, "")
_ENCRYPTION: Mapping[str, Encryption] = {
    "cassandra": _BY_FLAG,
    "couchbase": _BY_FLAG,
    "elasticsearch": Encryption(_elasticsearch, "Set a url that begins with https://."),
    "influxdb": _BY_FLAG,
    "mongodb": Encryption(_mongodb, "Add tls=true to connection_url."),
    "mongodbatlas": _BY_PRODUCT,
    "mssql": Encryption(_mssql, "Set a connection_url that begins with sqlserver:// and has encrypt=true."),
    "mysql": _IN_MYSQL,
    "mysqlAurora": _IN_MYSQL,
    "mysqlLegacy": _IN_MYSQL,
    "mysqlRds": _IN_MYSQL,
    "postgresql": _IN_POSTGRESQL,
    "redis": _BY_FLAG,
    "redisElasticache": _BY_PRODUCT,
    "redshift": _IN_POSTGRESQL,
    "snowflake": _BY_PRODUCT,
}
