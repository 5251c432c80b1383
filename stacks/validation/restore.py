"""What a database may be made from: never from data that its environment may not hold."""

from collections.abc import Mapping

from stacks.errors import Mistake
from stacks.parsed_values import NotParsedError, ParsedValues
from stacks.requirements import DATA_CLASS, DataClass, Environment
from stacks.validation.base import CrossEnvironmentRule, Mistakes, SettingsRule

KEY = "database.restoreFrom"
CLASSES = tuple(DataClass)
"""From made-up data to everything."""


def source_may_be_here(environment: Environment, values: ParsedValues) -> Mistakes:
    """The snapshot's name says which environment it comes from, and that says which data it holds."""
    source = values[KEY]
    if source is None:
        return
    if environment is Environment.PROD:
        yield Mistake(
            KEY, "must be null in prod: a setting would replace the live database; follow the restore runbook"
        )
        return
    origin = named_after(source)
    if origin is None:
        yield Mistake(KEY, f"{_name(source)} does not say whose data it holds; copy it to campus-<environment>-… first")
    else:
        yield from _above(environment, origin, source)


def source_is_in_the_region(_environment: Environment, values: ParsedValues) -> Mistakes:
    """RDS restores nothing from another region."""
    source = values[KEY] or ""
    if source.startswith("arn:") and (region := source.split(":")[3]) != values["region"]:
        yield Mistake(KEY, f"is in {region}; copy the snapshot to {values['region']} with the database key there first")


def source_account_may_be_here(
    environment: Environment, values: ParsedValues, siblings: Mapping[Environment, ParsedValues]
) -> Mistakes:
    """Whatever a snapshot is called, the account in its ARN says which data it holds."""
    source = values[KEY] or ""
    if not source.startswith("arn:") or not siblings:
        return
    account = source.split(":")[4]
    owner = next(
        (whose for whose, file in {environment: values, **siblings}.items() if _account(file) == account), None
    )
    if owner is None:
        yield Mistake(KEY, f"is in account {account}, which is none of the environments'")
    elif owner is not named_after(source):
        yield from _above(environment, owner, source)


def named_after(source: str) -> Environment | None:
    """The environment in a snapshot's name, as in `campus-dev-records-2026-01-31`; None when it names none."""
    prefix, _, rest = _name(source).partition("-")
    word = rest.partition("-")[0]
    return Environment(word) if prefix == "campus" and word in set(Environment) else None


def _above(environment: Environment, origin: Environment, source: str) -> Mistakes:
    theirs, ours = DATA_CLASS[origin], DATA_CLASS[environment]
    if CLASSES.index(theirs) > CLASSES.index(ours):
        yield Mistake(
            KEY, f"{_name(source)} holds {theirs} data of {origin}; {environment} may hold {ours} data at most"
        )


def _name(source: str) -> str:
    """The bare name of a snapshot: without the ARN, and without what RDS puts before automated ones."""
    return source.rpartition(":")[2]


def _account(file: ParsedValues) -> str | None:
    try:
        return str(file["account"])
    except NotParsedError:
        return None


RULES: tuple[SettingsRule, ...] = (source_may_be_here, source_is_in_the_region)
CROSS_ENVIRONMENT_RULES: tuple[CrossEnvironmentRule, ...] = (source_account_may_be_here,)
