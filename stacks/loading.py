"""Settings from files, without an engine: for `ops`, tests and reviews."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from stacks import destroyable_data
from stacks.errors import Mistake, SettingsError
from stacks.parsed_values import ParsedValues
from stacks.parsing import file_name, known_environment, parse
from stacks.requirements import Environment
from stacks.settings import EnvironmentSettings

NAMESPACE = "campus-safety"
ENGINE_NAMESPACE = "pulumi"
"""Namespace of the engine's settings, such as `pulumi:disable-default-providers`."""


def load_file(project: Path, environment: str) -> EnvironmentSettings:
    """Return one environment's settings, with defaults from `Pulumi.yaml`.

    The other environments' files are read too: address ranges must not overlap across environments, and all budgets
    together are limited.

    Raises:
        UnknownEnvironmentError: there is no such environment.
        SettingsError: lists every mistake in this environment's file.
    """
    name = known_environment(environment)
    values, mistakes = _own(project, name)
    siblings = {other: ParsedValues(_own(project, other)[0]) for other in _siblings(project, name)}
    return parse(name, values, siblings, mistakes)


def merged(project: Path, environment: str) -> dict[str, Any]:
    """Return every value by namespaced key.

    Values of the environment's file replace those of `Pulumi.yaml`.
    """
    shared = {key: _plain(value) for key, value in _config(project / "Pulumi.yaml", must_exist=False).items()}
    return {**shared, **_config(project / file_name(environment), must_exist=True)}


def _siblings(project: Path, environment: Environment) -> list[Environment]:
    return [other for other in Environment if other is not environment and (project / file_name(other)).exists()]


def _own(project: Path, environment: Environment) -> tuple[dict[str, Any], list[Mistake]]:
    """Return the values in our namespace, and a mistake for each other key.

    Keys of the engine are ignored.
    """
    values: dict[str, Any] = {}
    mistakes = []
    for key, value in merged(project, environment).items():
        namespace, _, bare = str(key).rpartition(":")
        if namespace == NAMESPACE:
            values[bare] = value
        elif key == destroyable_data.KEY:
            mistakes.append(destroyable_data.override_in_file(environment))
        elif namespace != ENGINE_NAMESPACE:
            mistakes.append(Mistake(str(key), f"is ignored; settings keys start with {NAMESPACE}:"))
    return values, mistakes


def _plain(declared: Any) -> Any:
    """Return the value of a key in Pulumi.yaml.

    The file contains the value directly, or in a mapping with the key `value` or `default`.
    """
    if isinstance(declared, Mapping):
        return declared.get("value", declared.get("default"))
    return declared


def _config(path: Path, *, must_exist: bool) -> Mapping[str, Any]:
    if not path.exists() and not must_exist:
        return {}
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(path.name, [Mistake("file", f"does not exist in {path.parent}")]) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SettingsError(path.name, [Mistake(f"line {line}", f"is not YAML: {error.problem}")]) from None
    config = content.get("config") if isinstance(content, Mapping) else None
    if not isinstance(config, Mapping):
        if must_exist:
            raise SettingsError(path.name, [Mistake("config", "is missing; it holds the settings")])
        return {}
    return config
