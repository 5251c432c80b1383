"""Resources of a configured `vault` provider: check, make, change, read back, remove."""

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
from rehearsal.providers.vault.api import Object, VaultApi
from rehearsal.providers.vault.catalog import TYPES
from rehearsal.providers.vault.differences import compare
from rehearsal.providers.vault.fields import (
    GONE,
    field_name,
    from_fields,
    is_bookkeeping,
    is_write_only,
    shown,
    to_fields,
)
from rehearsal.providers.vault.invokes import answer
from rehearsal.providers.vault.types import Place, VaultType

_ANY = PropertySchema(ValueType.ANY)
_SUFFIX_LENGTH = 7
_SHORTEST_SECRET = 4
_PASSWORD_IN_URL = re.compile(r"(://[^:/@\s]+:)[^@\s]+@")


class VaultConfigured:
    """One provider instance; all of them talk to the rehearsal's Vault."""

    def __init__(self, schemas: SdkSchemas, client: Callable[[], VaultApi]) -> None:
        self._schemas = schemas
        self._client = client

    def check(self, request: CheckRequest) -> CheckResult:
        """Validate by the SDK's types, generate a missing name, and refuse what is not implemented."""
        token, inputs = request.urn.type, request.inputs
        declared = TYPES.get(token)
        if declared is None:
            return CheckResult(inputs, [CheckFailure("", f"{token} is not implemented by the emulated provider")])
        named = _with_name(declared, request)
        schema = self._schemas.get(token)
        fitted, failures = coerce_inputs(schema, named)
        if DEFAULTS in named:
            fitted[DEFAULTS] = named[DEFAULTS]
        return CheckResult(fitted, [*failures, *_refused(declared, fitted)])

    def diff(self, old: ResourceState, inputs: Properties) -> DiffResult:
        """Compare the inputs of the last update with new ones."""
        declared = _declared(old.urn)
        return compare(declared, old.inputs, inputs)

    def create(self, urn: Urn, inputs: Properties, timeout: float) -> CreateResult:
        """Make it; what it became is read back."""
        del timeout  # Vault answers at once
        declared, schema = _declared(urn), self._schemas.get(urn.type)
        place = declared.place(inputs)
        with _masked(declared, inputs):
            api = self._client()
            made = declared.engine.create(api, place, _body(declared, schema, inputs))
        resource_id = str(made.get("id") or declared.resource_id(place))
        known = {**_known(declared, schema, inputs), **made, "id": resource_id}
        try:
            found = declared.engine.read(api, place, known) or {}
        except ProviderError as error:
            outputs = _outputs(declared, schema, inputs, place, made)
            raise PartiallyCreatedError(resource_id, outputs, (f"made, but not readable: {error}",), inputs) from error
        return CreateResult(resource_id, _outputs(declared, schema, inputs, place, {**made, **found}))

    def preview_create(self, urn: Urn, inputs: Properties) -> Properties:
        """The inputs, and what only Vault can tell as unknown; Vault itself is not asked."""
        declared, schema = _declared(urn), self._schemas.get(urn.type)
        place = declared.place(inputs)
        computed = {name: UNKNOWN for name in schema.outputs if name not in schema.inputs}
        known = {name: value for name, value in place.parameters.items() if not is_unknown(value)}
        return {**computed, **known, **_visible(inputs)}

    def update(self, old: ResourceState, inputs: Properties, timeout: float) -> Properties:
        """Change it in place and read it back."""
        del timeout  # Vault answers at once
        declared, schema = _declared(old.urn), self._schemas.get(old.urn.type)
        place, api = declared.place(inputs), self._client()
        before = {**_body(declared, schema, old.inputs), "id": old.id}
        with _masked(declared, inputs):
            declared.engine.update(api, place, _body(declared, schema, inputs), before)
        known = {**_known(declared, schema, old.outputs), **_known(declared, schema, inputs), "id": old.id}
        found = declared.engine.read(api, place, known) or {}
        return {**_computed(schema, old.outputs), **_outputs(declared, schema, inputs, place, found)}

    def preview_update(self, old: ResourceState, inputs: Properties) -> Properties:
        """The new inputs over what is known."""
        schema = self._schemas.get(old.urn.type)
        return {**_computed(schema, old.outputs), **_visible(inputs)}

    def read(self, resource: ResourceState) -> ReadResult | None:
        """What it is now; values that Vault never returns are those of the state."""
        declared, schema = _declared(resource.urn), self._schemas.get(resource.urn.type)
        place = declared.locate(resource.id, resource.inputs)
        state = {**_known(declared, schema, resource.outputs), **_known(declared, schema, resource.inputs)}
        found = declared.engine.read(self._client(), place, {**state, "id": resource.id})
        if found is None:
            return None
        if resource.inputs:
            inputs = _projected(declared, schema, resource.inputs, found)
        else:
            inputs = _imported(declared, schema, place, found)
        outputs = {**_computed(schema, resource.outputs), **_outputs(declared, schema, inputs, place, found)}
        return ReadResult(resource.id, inputs, outputs)

    def delete(self, resource: ResourceState, timeout: float) -> None:
        """Remove it; configuration that can't be removed goes with its mount."""
        del timeout  # Vault answers at once
        declared, schema = _declared(resource.urn), self._schemas.get(resource.urn.type)
        place = declared.locate(resource.id, resource.inputs)
        state = {**_known(declared, schema, resource.outputs), **_known(declared, schema, resource.inputs)}
        declared.engine.delete(self._client(), place, {**state, "id": resource.id})

    def invoke(self, token: str, args: Properties) -> Properties:
        """Answer a function call."""
        return answer(token, args, self._client)


def _declared(urn: Urn) -> VaultType:
    try:
        return TYPES[urn.type]
    except KeyError:
        raise ProviderError(f"{urn.type} is not implemented by the emulated provider") from None


def _with_name(declared: VaultType, request: CheckRequest) -> Properties:
    """The inputs with a made-up name (remembered under `__defaults`) where the type needs one and none is given."""
    inputs = {key: value for key, value in request.inputs.items() if key != DEFAULTS}
    if not declared.named_here or inputs.get("name") is not None or request.autonaming is Autonaming.DISABLE:
        return inputs
    old = request.old_inputs
    if "name" in (old.get(DEFAULTS) or ()):
        name = old["name"]
    else:
        name = request.proposed_name or f"{request.urn.name}-{_suffix(request.random_seed)}"
    return {**inputs, "name": name, DEFAULTS: ["name"]}


def _suffix(seed: bytes) -> str:
    return (hashlib.sha256(seed).hexdigest() if seed else secrets.token_hex(_SUFFIX_LENGTH))[:_SUFFIX_LENGTH]


def _refused(declared: VaultType, inputs: Properties) -> Iterable[CheckFailure]:
    for name in sorted(declared.refused & inputs.keys()):
        yield CheckFailure(name, "not implemented by the emulated provider; leave it out")
    if inputs.get("namespace"):
        yield CheckFailure("namespace", "needs Vault Enterprise; the rehearsal's Vault is not")
    if declared.named_here and "name" not in inputs:
        yield CheckFailure("name", "is needed, since automatic names are switched off")


def _vault_name(declared: VaultType, name: str) -> str:
    return declared.names.get(name) or field_name(name)


def _body(declared: VaultType, schema: ResourceSchema, inputs: Properties) -> Object:
    """The inputs as Vault takes them, without what the path says and what only the provider needs."""
    left_out = {DEFAULTS, "namespace", *declared.local, *declared.parameters}
    body: Object = dict(declared.fixed_value)
    for name, value in inputs.items():
        if value is None or name in left_out or is_bookkeeping(name):
            continue
        fields = to_fields(value, schema.inputs.get(name, _ANY))
        if name in declared.joined:
            fields = ",".join(map(str, fields))
        if name in declared.split:
            fields = {key: text.split(",") for key, text in fields.items()}
        body[_vault_name(declared, name)] = fields
    return body


def _known(declared: VaultType, schema: ResourceSchema, properties: Properties) -> Object:
    """Properties of the state by Vault's names, those that steer the provider included."""
    return {
        _vault_name(declared, name): to_fields(value, schema.inputs.get(name) or schema.outputs.get(name, _ANY))
        for name, value in properties.items()
        if name != DEFAULTS and value is not None
    }


def _projected(declared: VaultType, schema: ResourceSchema, inputs: Properties, found: Object) -> Properties:
    """The inputs as they are in Vault now."""
    kept = {DEFAULTS, *declared.local, *declared.parameters, *declared.joined}
    projected: Properties = {}
    for name, wanted in inputs.items():
        field = _vault_name(declared, name)
        if name in kept or field not in found or is_write_only(name) or is_bookkeeping(name):
            projected[name] = wanted
            continue
        value = shown(_live(declared, name, found), wanted, schema.inputs.get(name, _ANY))
        if value is not GONE:
            projected[name] = value
    return projected


def _live(declared: VaultType, name: str, found: Object) -> Any:
    """What Vault has for an input; a map of lists is shown as the map of texts that it was made of."""
    value = found.get(_vault_name(declared, name))
    if name not in declared.split or not isinstance(value, Mapping):
        return value
    return {key: ",".join(item) if isinstance(item, list) else item for key, item in value.items()}


def _imported(declared: VaultType, schema: ResourceSchema, place: Place, found: Object) -> Properties:
    """Inputs that make what is there: the path's, and all that Vault has a value for."""
    inputs: Properties = dict(place.parameters)
    for name, shape in schema.inputs.items():
        value = _live(declared, name, found)
        if name in declared.local or name in inputs or is_write_only(name) or value in (None, "", [], {}, 0, False):
            continue
        if (fitted := _fitted(shape, value)) is not None:
            inputs[name] = fitted
    return inputs


def _outputs(
    declared: VaultType, schema: ResourceSchema, inputs: Properties, place: Place, found: Mapping[str, Any]
) -> Properties:
    """The inputs, the defaults of the path, and whatever else Vault tells."""
    outputs: Properties = {**place.parameters, **_visible(inputs)}
    for name, shape in schema.outputs.items():
        field = _vault_name(declared, name)
        if name not in outputs and field in found and name not in declared.local and not is_write_only(name):
            value = _fitted(shape, found[field])
            if value is not None:
                outputs[name] = value
    return outputs


def _computed(schema: ResourceSchema, outputs: Properties) -> Properties:
    """Outputs of the state that no input gives: keys, accessors, certificates."""
    return {name: value for name, value in outputs.items() if name not in schema.inputs}


def _visible(inputs: Properties) -> Properties:
    """Inputs without bookkeeping and without what is only ever written."""
    return {name: value for name, value in inputs.items() if name != DEFAULTS and not is_write_only(name)}


def _fitted(shape: PropertySchema, value: Any) -> Any:
    """A live value in the type that the SDK declares; None when it has another shape there."""
    failures: list[CheckFailure] = []
    fitted = coerce(shape, from_fields(value, shape), "", failures)
    return None if failures else fitted


@contextmanager
def _masked(declared: VaultType, inputs: Properties) -> Iterator[None]:
    """Take secret values, and passwords in URLs, out of an error's message."""
    try:
        yield
    except ProviderError as error:
        message = _PASSWORD_IN_URL.sub(r"\1[secret]@", str(error))
        secret = {text for name in declared.secrets for text in _texts(_member(inputs, name))}
        secret |= {text for name, value in inputs.items() if is_write_only(name) for text in _texts(value)}
        for text in sorted(secret, key=len, reverse=True):
            message = message.replace(text, "[secret]")
        raise ProviderError(message) from None


def _member(inputs: Properties, path: str) -> Any:
    """Values of an input, or of a member of the objects in it."""
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
    elif isinstance(value, str) and len(value) >= _SHORTEST_SECRET:
        yield value
