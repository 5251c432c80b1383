"""Vault database roles: the SQL that creates a user, and the SQL that drops it."""

import re
from collections.abc import Iterator

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource

ROLE = "vault:database/secretBackendRole:SecretBackendRole"
STATEMENTS = ("creationStatements", "renewStatements", "revocationStatements", "rollbackStatements")
# Tables whose names begin with pg_ contain password hashes and the attributes of every user.
_NAME = r'(?!"?pg_)(?:[a-z_]\w*|"\w[\w -]*")'
_NAMES = rf"{_NAME}(?:\.{_NAME})?(?:, ?{_NAME}(?:\.{_NAME})?)*"
_USER = r'"\{\{(?:user)?name\}\}"'
_OBJECTS = rf"(?:ALL (?:TABLES|SEQUENCES) IN SCHEMA |SCHEMA |DATABASE |TABLE |SEQUENCE |){_NAMES}"
_PRIVILEGE = "(?:SELECT|INSERT|UPDATE|DELETE|USAGE|CONNECT)"
_EXPIRY = r"VALID UNTIL '\{\{expiration\}\}'"
_OPTION = (
    r"(?:LOGIN|INHERIT|NO(?:SUPERUSER|CREATEROLE|CREATEDB|REPLICATION|BYPASSRLS|INHERIT)|CONNECTION LIMIT \d+"
    rf"|{_EXPIRY}|(?:ENCRYPTED )?PASSWORD '\{{\{{password\}}\}}')"
)
_END_SESSIONS = (
    r"SELECT pg_terminate_backend\((?:pg_stat_activity\.)?pid\) FROM pg_stat_activity "
    r"WHERE (?:pg_stat_activity\.)?usename ?= ?'\{\{(?:user)?name\}\}'"
)
_DROP = re.compile(rf"DROP (?:ROLE|USER) (?:IF EXISTS )?{_USER}", re.IGNORECASE)
_BOUNDED = re.compile(
    "|".join(
        (
            _DROP.pattern,
            rf"CREATE (?:ROLE|USER) {_USER}(?: WITH)?(?: {_OPTION})*",
            rf"GRANT {_USER} TO CURRENT_USER",
            rf"GRANT {_PRIVILEGE}(?:, ?{_PRIVILEGE})* ON {_OBJECTS} TO {_USER}",
            rf"REVOKE [A-Z, ]+ ON {_OBJECTS} FROM {_USER}",
            rf"ALTER (?:ROLE|USER) {_USER} (?:WITH )?(?:NOLOGIN|{_EXPIRY})",
            rf"(?:REASSIGN OWNED BY {_USER} TO CURRENT_USER|DROP OWNED BY {_USER}(?: CASCADE)?)",
            _END_SESSIONS,
        )
    ),
    re.IGNORECASE,
)


@rule("vault-database-roles-must-not-create-administrators", on=ROLE, severity=Severity.CRITICAL)
def bounded_statements(role: Resource) -> Findings:
    """Vault runs these statements as an administrator, so they can create another administrator or hide code.

    Only plain statements of PostgreSQL pass: those that create the user, grant it privileges on named objects, and
    remove it. Membership in another role does not, because nobody sees here what the other role may do. Vault also
    accepts statements in JSON or Base64 (Vault API documentation, "Database secrets engine"), which do not pass either.
    """
    for path in STATEMENTS:
        for index, text in enumerate(role.texts(path)):
            if not all(map(_BOUNDED.fullmatch, _statements(text))):
                yield (
                    f"{path}.{index} may give the user more than privileges on named objects. Write plain SQL that "
                    'creates, limits or drops "{{name}}" or grants it SELECT, INSERT, UPDATE, DELETE, USAGE or CONNECT.'
                )


@rule("vault-database-roles-must-revoke", on=ROLE, covers=["Vault database roles have revocation statements"])
def revocation(role: Resource) -> Findings:
    """Vault's default revocation fails for a user that owns objects, and the user then remains."""
    texts = role.texts("revocationStatements")
    if not texts:
        yield "The role has no revocation statements. Set revocation_statements to end sessions and drop the user."
    elif not any(_DROP.fullmatch(statement) for text in texts for statement in _statements(text)):
        yield 'No revocation statement drops the user. Add DROP ROLE IF EXISTS "{{name}}".'


def _statements(text: str) -> Iterator[str]:
    """Yield the statements in a text, as Vault splits it, with single spaces."""
    for statement in text.split(";"):
        if words := statement.split():
            yield " ".join(words)
