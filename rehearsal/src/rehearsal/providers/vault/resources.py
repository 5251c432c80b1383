"""Resources of one configured `vault` provider."""

import hashlib
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rehearsal.providers.coercion import coerce, coerce_inputs
from rehearsal.providers.protocol import (
    Autonaming,
    CheckFailure,
    CheckRequest,
    CheckResult,
    CreateResult,
    DiffResult,
    PartiallyCreatedError,
    ProviderError,
    ReadResult,
    ResourceState,
    Urn,
)
from rehearsal.providers.schema import PropertySchema, ResourceSchema, SdkSchemas, ValueType
from rehearsal.providers.values import DEFAULTS, UNKNOWN, Properties, is_unknown
from rehearsal.providers.vault.api import VaultApi, VaultFields
from rehearsal.providers.vault.catalog import TYPES
from rehearsal.providers.vault.differences import compare
from rehearsal.providers.vault.fields import (
    ABSENT,
    field_name,
    from_fields,
    is_version_counter,
    is_write_only,
    project_value,
    to_fields,
)
from rehearsal.providers.vault.invokes import run_function
from rehearsal.providers.vault.types import ResourcePath, VaultType

_ANY = PropertySchema(ValueType.ANY)
_NO_VALUE: tuple[Any, ...] = (None, "", [], {}, 0, False)
_SUFFIX_LENGTH = 7
_MIN_SECRET_LENGTH = 4
"""Minimum length of masked values. Shorter values also occur in ordinary words."""
_PASSWORD_IN_URL = re.compile(r"(://[^:/@\s]+:)[^@\s]+@")


class ConfiguredVault:
    """Provider instance. All instances use the Vault of the rehearsal."""

    def __init__(self, schemas: SdkSchemas, client: Callable[[], VaultApi]) -> None:
        self._schemas = schemas
        self._client = client

    def check(self, request: CheckRequest) -> CheckResult:
        """Validate inputs against the SDK's types, and generate a missing name.

        Unsupported inputs are reported as failures.
        """
        token, inputs = request.urn.type, request.inputs
        declared = TYPES.get(token)
        if declared is None:
            return CheckResult(inputs, [CheckFailure("", f"{token} is not supported by the emulated provider")])
        named = _with_name(declared, request)
        schema = self._schemas.get(token)
        checked, failures = coerce_inputs(schema, named)
        if DEFAULTS in named:
            checked[DEFAULTS] = named[DEFAULTS]
        return CheckResult(checked, [*failures, *_unsupported(declared, checked)])

    def diff(self, old: ResourceState, inputs: Properties) -> DiffResult:
        """Compare the inputs of the last update with the new inputs."""
        declared = _declared(old.urn)
        return compare(declared, old.inputs, inputs)

    def create(self, urn: Urn, inputs: Properties, timeout: float) -> CreateResult:
        """Create the resource and read it back."""
        del timeout  # Vault responds at once
        declared, schema = _declared(urn), self._schemas.get(urn.type)
        target = declared.resource_path(inputs)
        with _masked(declared, inputs):
            api = self._client()
            created = declared.handler.create(api, target, _body(declared, schema, inputs))
        resource_id = str(created.get("id") or declared.resource_id(target))
        state = {**_state_fields(declared, schema, inputs), **created, "id": resource_id}
        try:
            live = declared.handler.read(api, target, state) or {}
        except ProviderError as error:
            outputs = _outputs(declared, schema, inputs, target, created)
            reason = f"created, but can't be read: {error}"
            raise PartiallyCreatedError(resource_id, outputs, (reason,), inputs) from error
        return CreateResult(resource_id, _outputs(declared, schema, inputs, target, {**created, **live}))

    def preview_create(self, urn: Urn, inputs: Properties) -> Properties:
        """Return the inputs, and unknown values for computed outputs. Does not call Vault."""
        declared, schema = _declared(urn), self._schemas.get(urn.type)
        target = declared.resource_path(inputs)
        computed = {name: UNKNOWN for name in schema.outputs if name not in schema.inputs}
        parameters = {name: value for name, value in target.parameters.items() if not is_unknown(value)}
        return {**computed, **parameters, **_visible(inputs)}

    def update(self, old: ResourceState, inputs: Properties, timeout: float) -> Properties:
        """Update the resource in place and read it back."""
        del timeout  # Vault responds at once
        declared, schema = _declared(old.urn), self._schemas.get(old.urn.type)
        target, api = declared.resource_path(inputs), self._client()
        before = {**_body(declared, schema, old.inputs), "id": old.id}
        with _masked(declared, inputs):
            declared.handler.update(api, target, _body(declared, schema, inputs), before)
        state = {**_state_fields(declared, schema, old.outputs), **_state_fields(declared, schema, inputs)}
        live = declared.handler.read(api, target, {**state, "id": old.id}) or {}
        return {**_computed(schema, old.outputs), **_outputs(declared, schema, inputs, target, live)}

    def preview_update(self, old: ResourceState, inputs: Properties) -> Properties:
        """Return the new inputs and the computed outputs from the state."""
        schema = self._schemas.get(old.urn.type)
        return {**_computed(schema, old.outputs), **_visible(inputs)}

    def read(self, resource: ResourceState) -> ReadResult | None:
        """Read the resource.

        Values that Vault never returns are taken from the state.
        """
        declared, schema = _declared(resource.urn), self._schemas.get(resource.urn.type)
        target = declared.locate(resource.id, resource.inputs)
        state = {
            **_state_fields(declared, schema, resource.outputs),
            **_state_fields(declared, schema, resource.inputs),
        }
        live = declared.handler.read(self._client(), target, {**state, "id": resource.id})
        if live is None:
            return None
        if resource.inputs:
            inputs = _projected(declared, schema, resource.inputs, live)
        else:
            inputs = _imported(declared, schema, target, live)
        outputs = {**_computed(schema, resource.outputs), **_outputs(declared, schema, inputs, target, live)}
        return ReadResult(resource.id, inputs, outputs)

    def delete(self, resource: ResourceState, timeout: float) -> None:
        """Delete the resource.

        Configuration that can't be deleted alone stays in Vault until its mount is deleted.
        """
        del timeout  # Vault responds at once
        declared, schema = _declared(resource.urn), self._schemas.get(resource.urn.type)
        target = declared.locate(resource.id, resource.inputs)
        state = {
            **_state_fields(declared, schema, resource.outputs),
            **_state_fields(declared, schema, resource.inputs),
        }
        declared.handler.delete(self._client(), target, {**state, "id": resource.id})

    def invoke(self, token: str, args: Properties) -> Properties:
        """Run a provider function."""
        return run_function(token, args, self._client)


def _declared(urn: Urn) -> VaultType:
    try:
        return TYPES[urn.type]
    except KeyError:
        raise ProviderError(f"{urn.type} is not supported by the emulated provider") from None


def _with_name(declared: VaultType, request: CheckRequest) -> Properties:
    """Add a generated name if the type needs a name and the program sets none.

    The inputs list the generated name under `__defaults`.
    """
    inputs = {key: value for key, value in request.inputs.items() if key != DEFAULTS}
    if not declared.autonamed or inputs.get("name") is not None or request.autonaming is Autonaming.DISABLE:
        return inputs
    old = request.old_inputs
    if "name" in (old.get(DEFAULTS) or ()):
        name = old["name"]
    else:
        name = request.proposed_name or f"{request.urn.name}-{_suffix(request.random_seed)}"
    return {**inputs, "name": name, DEFAULTS: ["name"]}


def _suffix(seed: bytes) -> str:
    return (hashlib.sha256(seed).hexdigest() if seed else secrets.token_hex(_SUFFIX_LENGTH))[:_SUFFIX_LENGTH]


def _unsupported(declared: VaultType, inputs: Properties) -> Iterable[CheckFailure]:
    for name in sorted(declared.unsupported & inputs.keys()):
        yield CheckFailure(name, "not supported by the emulated provider; remove it")
    if inputs.get("namespace"):
        yield CheckFailure("namespace", "requires Vault Enterprise; the rehearsal runs the community edition")
    if declared.autonamed and "name" not in inputs:
        yield CheckFailure("name", "required, because autonaming is disabled")


def _vault_name(declared: VaultType, name: str) -> str:
    return declared.vault_names.get(name) or field_name(name)


def _body(declared: VaultType, schema: ResourceSchema, inputs: Properties) -> VaultFields:
    """Convert inputs to Vault fields.

    Inputs that are part of the path and inputs that only configure the provider are dropped.
    """
    excluded = {DEFAULTS, "namespace", *declared.provider_only, *declared.parameters}
    body: VaultFields = dict(declared.constants)
    for name, value in inputs.items():
        if value is None or name in excluded or is_version_counter(name):
            continue
        fields = to_fields(value, schema.inputs.get(name, _ANY))
        if name in declared.comma_joined:
            fields = ",".join(map(str, fields))
        if name in declared.comma_split:
            fields = {key: text.split(",") for key, text in fields.items()}
        body[_vault_name(declared, name)] = fields
    return body


def _state_fields(declared: VaultType, schema: ResourceSchema, properties: Properties) -> VaultFields:
    """Return properties of the state under their names in Vault.

    Inputs that only configure the provider are included.
    """
    return {
        _vault_name(declared, name): to_fields(value, schema.inputs.get(name) or schema.outputs.get(name, _ANY))
        for name, value in properties.items()
        if name != DEFAULTS and value is not None
    }


def _state(declared: VaultType, schema: ResourceSchema, resource: ResourceState) -> VaultFields:
    """Return the fields of a resource in the state.

    Inputs take precedence over outputs.
    """
    outputs, inputs = (_state_fields(declared, schema, each) for each in (resource.outputs, resource.inputs))
    return {**outputs, **inputs, "id": resource.id}


def _projected(declared: VaultType, schema: ResourceSchema, inputs: Properties, live: VaultFields) -> Properties:
    """Return the inputs, updated with the values in Vault."""
    unchanged = {DEFAULTS, *declared.provider_only, *declared.parameters, *declared.comma_joined}
    projected: Properties = {}
    for name, written in inputs.items():
        field = _vault_name(declared, name)
        if name in unchanged or field not in live or is_write_only(name) or is_version_counter(name):
            projected[name] = written
            continue
        value = project_value(_live_value(declared, name, live), written, schema.inputs.get(name, _ANY))
        if value is not ABSENT:
            projected[name] = value
    return projected


def _live_value(declared: VaultType, name: str, live: VaultFields) -> Any:
    """Return the value of an input in Vault.

    A map of lists becomes a map of comma-separated texts, like the input.
    """
    value = live.get(_vault_name(declared, name))
    if name not in declared.comma_split or not isinstance(value, Mapping):
        return value
    return {key: ",".join(item) if isinstance(item, list) else item for key, item in value.items()}


def _imported(declared: VaultType, schema: ResourceSchema, target: ResourcePath, live: VaultFields) -> Properties:
    """Return the inputs of an imported resource.

    These are the inputs in its path and all inputs that have a value in Vault.
    """
    inputs: Properties = dict(target.parameters)
    for name, property_schema in schema.inputs.items():
        value = _live_value(declared, name, live)
        if (
            name in declared.provider_only
            or name in inputs
            or is_write_only(name)
            or value in (None, "", [], {}, 0, False)
        ):
            continue
        if (coerced := _coerced(property_schema, value)) is not None:
            inputs[name] = coerced
    return inputs


def _outputs(
    declared: VaultType, schema: ResourceSchema, inputs: Properties, target: ResourcePath, live: Mapping[str, Any]
) -> Properties:
    """Return the inputs, defaults of inputs in the path, and other values from Vault."""
    outputs: Properties = {**target.parameters, **_visible(inputs)}
    for name, property_schema in schema.outputs.items():
        field = _vault_name(declared, name)
        if name not in outputs and field in live and name not in declared.provider_only and not is_write_only(name):
            value = _coerced(property_schema, live[field])
            if value is not None:
                outputs[name] = value
    return outputs


def _computed(schema: ResourceSchema, outputs: Properties) -> Properties:
    """Return the computed outputs of the state, such as keys and certificates."""
    return {name: value for name, value in outputs.items() if name not in schema.inputs}


def _visible(inputs: Properties) -> Properties:
    """Return the inputs without `__defaults` and write-only inputs."""
    return {name: value for name, value in inputs.items() if name != DEFAULTS and not is_write_only(name)}


def _coerced(schema: PropertySchema, value: Any) -> Any:
    """Convert a live value to the type that the SDK declares.

    Return None if this is impossible.
    """
    failures: list[CheckFailure] = []
    coerced = coerce(schema, from_fields(value, schema), "", failures)
    return None if failures else coerced


@contextmanager
def _masked(declared: VaultType, inputs: Properties) -> Iterator[None]:
    """Mask secret values, and passwords in URLs, in error messages."""
    try:
        yield
    except ProviderError as error:
        message = _PASSWORD_IN_URL.sub(r"\1[secret]@", str(error))
        masked = {text for name in declared.secrets for text in _texts(_member(inputs, name))}
        masked |= {text for name, value in inputs.items() if is_write_only(name) for text in _texts(value)}
        for text in sorted(masked, key=len, reverse=True):
            message = message.replace(text, "[secret]")
        raise ProviderError(message) from None


def _member(inputs: Properties, path: str) -> Any:
    """Return the value at `name`, or the values at `name.member` in all objects."""
    name, _, member = path.partition(".")
    value = inputs.get(name)
    if not member:
        return value
    return [item.get(member) for item in (value if isinstance(value, list) else [value]) if isinstance(item, Mapping)]


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str) and len(value) >= _MIN_SECRET_LENGTH:
        yield value
