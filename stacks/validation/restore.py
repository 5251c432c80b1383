"""Rules of `database.restoreFrom`: only data that the environment may hold."""

from collections.abc import Mapping

from stacks.errors import Mistake
from stacks.parsed_values import NotParsedError, ParsedValues
from stacks.requirements import DATA_CLASS, DataClass, Environment
from stacks.validation.base import CrossEnvironmentRule, Mistakes, SettingsRule

KEY = "database.restoreFrom"
CLASSES = tuple(DataClass)
"""Data classes in ascending order of sensitivity."""


def snapshot_data_is_allowed(environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that the environment in the snapshot's name has an allowed data class.

    In prod, `restoreFrom` must be null.
    """
    source = values[KEY]
    if source is None:
        return
    if environment is Environment.PROD:
        yield Mistake(
            KEY, "must be null in prod, because a restore would replace the live database; follow the restore runbook"
        )
        return
    origin = named_after(source)
    if origin is None:
        yield Mistake(
            KEY,
            f"{_name(source)} does not name the environment that its data is from; "
            "first copy the snapshot to the name campus-<environment>-…",
        )
    else:
        yield from _too_sensitive(environment, origin, source)


def snapshot_is_in_the_region(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that the snapshot is in the primary region, as RDS requires."""
    source = values[KEY] or ""
    if source.startswith("arn:") and (region := source.split(":")[3]) != values["region"]:
        yield Mistake(
            KEY,
            f"is in {region}; first copy the snapshot to {values['region']}, encrypted with that region's database key",
        )


def snapshot_account_is_allowed(
    environment: Environment, values: ParsedValues, siblings: Mapping[Environment, ParsedValues]
) -> Mistakes:
    """Check that the account in the snapshot's ARN has an allowed data class.

    The snapshot's name alone is not enough, because it can name another environment.
    """
    source = values[KEY] or ""
    if not source.startswith("arn:") or not siblings:
        return
    account = source.split(":")[4]
    owner = next((each for each, file in {environment: values, **siblings}.items() if _account(file) == account), None)
    if owner is None:
        yield Mistake(KEY, f"is in account {account}, which is not the account of an environment")
    elif owner is not named_after(source):
        yield from _too_sensitive(environment, owner, source)


def named_after(source: str) -> Environment | None:
    """Return the environment in a snapshot's name `campus-<environment>-…`, or None."""
    prefix, _, rest = _name(source).partition("-")
    word = rest.partition("-")[0]
    return Environment(word) if prefix == "campus" and word in set(Environment) else None


def _too_sensitive(environment: Environment, origin: Environment, source: str) -> Mistakes:
    theirs, ours = DATA_CLASS[origin], DATA_CLASS[environment]
    if CLASSES.index(theirs) > CLASSES.index(ours):
        yield Mistake(
            KEY, f"{_name(source)} holds {theirs} data of {origin}; {environment} may hold at most {ours} data"
        )


def _name(source: str) -> str:
    """Return the snapshot's name without the ARN and the `rds:` prefix."""
    return source.rpartition(":")[2]


def _account(file: ParsedValues) -> str | None:
    try:
        return str(file["account"])
    except NotParsedError:
        return None


RULES: tuple[SettingsRule, ...] = (snapshot_data_is_allowed, snapshot_is_in_the_region)
CROSS_ENVIRONMENT_RULES: tuple[CrossEnvironmentRule, ...] = (snapshot_account_is_allowed,)
