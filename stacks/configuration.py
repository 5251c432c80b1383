"""Settings from the engine, for the program; the only reader of `pulumi.Config`."""

import os
from typing import get_origin

import pulumi
from pulumi import runtime
from pydantic import BaseModel

from stacks import destroyable_data
from stacks.errors import SettingsError
from stacks.loading import NAMESPACE
from stacks.parsing import known_environment, parse
from stacks.settings import EnvironmentSettings


def load_config() -> EnvironmentSettings:
    """Settings of the stack at hand, named after its environment.

    Files are not compared with each other here, for a program reads none: `loading.load_file` does that in every
    review. Raises pulumi.RunError, which the engine shows without a traceback, listing every mistake.
    """
    override = pulumi.Config(destroyable_data.NAMESPACE).get(destroyable_data.NAME)
    try:
        settings = parse(known_environment(pulumi.get_stack()), _values())
        if override is None:
            return settings
        settings = destroyable_data.make_destroyable(settings, override, os.environ)
    except SettingsError as error:
        raise pulumi.RunError(str(error)) from None
    pulumi.log.warn(destroyable_data.warning(settings.environment))
    return settings


def _values() -> dict[str, object]:
    config = pulumi.Config(NAMESPACE)
    groups = {
        field.alias or name for name, field in EnvironmentSettings.model_fields.items() if _is_group(field.annotation)
    }
    prefix = f"{NAMESPACE}:"
    keys = [key.removeprefix(prefix) for key in runtime.get_config_env() if key.startswith(prefix)]
    return {key: config.get_object(key) if key in groups else config.get(key) for key in keys}


def _is_group(annotation: object) -> bool:
    """Whether the engine hands a key over as JSON: a group of keys, or a map of them."""
    return get_origin(annotation) is dict or (isinstance(annotation, type) and issubclass(annotation, BaseModel))
