"""Settings from the engine. No other module reads `pulumi.Config`."""

import os
from typing import get_origin

import pulumi
from pulumi import runtime
from pydantic import BaseModel

from stacks import destroyable_data
from stacks.errors import SettingsError, UnknownEnvironmentError
from stacks.loading import NAMESPACE
from stacks.parsing import known_environment, parse
from stacks.settings import EnvironmentSettings


def load_config() -> EnvironmentSettings:
    """Return the settings of the current stack, whose name is the environment.

    The program reads only its own environment's file, so it skips the rules that compare environments, such as
    non-overlapping address ranges. `loading.load_file`, which `ops` and the tests use, checks them.

    Raises:
        pulumi.RunError: lists every mistake. The engine prints it without a traceback.
    """
    override = pulumi.Config(destroyable_data.NAMESPACE).get(destroyable_data.NAME)
    try:
        settings = parse(known_environment(pulumi.get_stack()), _values())
        if override is None:
            return settings
        settings = destroyable_data.make_destroyable(settings, override, os.environ)
    except (SettingsError, UnknownEnvironmentError) as error:
        raise pulumi.RunError(str(error)) from None
    pulumi.log.warn(destroyable_data.warning(settings.environment))
    return settings


def _values() -> dict[str, object]:
    config = pulumi.Config(NAMESPACE)
    json_keys = {
        field.alias or name for name, field in EnvironmentSettings.model_fields.items() if _is_json(field.annotation)
    }
    prefix = f"{NAMESPACE}:"
    keys = [key.removeprefix(prefix) for key in runtime.get_config_env() if key.startswith(prefix)]
    return {key: config.get_object(key) if key in json_keys else config.get(key) for key in keys}


def _is_json(annotation: object) -> bool:
    """Return True if the engine passes the key's value as JSON: a model or a mapping."""
    return get_origin(annotation) is dict or (isinstance(annotation, type) and issubclass(annotation, BaseModel))
