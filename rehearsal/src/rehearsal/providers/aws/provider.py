"""Emulated `aws` provider, which translates the engine's requests to AWS calls."""

import logging
import threading
from collections.abc import Iterable, Mapping, Sequence

from rehearsal.cloud import moto_patches
from rehearsal.providers.aws import config as provider_config
from rehearsal.providers.aws import operations, recorded_types
from rehearsal.providers.aws.autoname import generated_name
from rehearsal.providers.aws.calls import Connection, Credentials
from rehearsal.providers.aws.compare import property_changes, with_computed_fields
from rehearsal.providers.aws.compiled import (
    CompiledType,
    changed_inputs,
    compile_type,
    difference,
    dropped_computed,
    kept_inputs,
    top_level_name,
    unsupported_inputs,
)
from rehearsal.providers.aws.config import AssumedRole, ProviderConfig
from rehearsal.providers.aws.context import OperationContext
from rehearsal.providers.aws.functions import invoke
from rehearsal.providers.aws.readback import imported_inputs, inputs_from_id, live_inputs, stored_inputs
from rehearsal.providers.aws.recorded_types import RecordedResources
from rehearsal.providers.aws.table import EmulatedType, RecordedType
from rehearsal.providers.coercion import coerce_inputs
from rehearsal.providers.protocol import (
    CheckFailure,
    CheckRequest,
    CheckResult,
    CreateResult,
    DiffResult,
    Fidelity,
    PartiallyCreatedError,
    PartiallyUpdatedError,
    PropertyChange,
    ProviderError,
    ReadResult,
    ResourceState,
    Urn,
)
from rehearsal.providers.schema import ResourceSchema, SdkSchemas, ValueType
from rehearsal.providers.values import DEFAULTS, UNAPPLIED, UNKNOWN, Properties

log = logging.getLogger(__name__)

Declaration = EmulatedType | RecordedType


class AwsProvider:
    """The `aws` provider before configuration. One instance serves all Pulumi engines."""

    name = "aws"

    def __init__(self, table: Mapping[str, Declaration], schemas: SdkSchemas) -> None:
        self.version = schemas.version
        self.schemas = schemas
        self.recorded = RecordedResources()
        self._table = table
        self._compiled: dict[str, CompiledType | RecordedType] = {}
        self._connections: dict[tuple[AssumedRole, ...], Connection] = {}
        self._lock = threading.Lock()

    def check_config(self, config: Properties) -> CheckResult:
        """Validate the configuration of the provider."""
        return provider_config.check(config)

    def configure(self, config: Properties) -> "ConfiguredAwsProvider":
        """Return the provider with a configuration.

        Raises ProviderError if the configuration does not allow the account.
        """
        parsed = provider_config.parse(config)
        connection = self._connection(parsed.roles)
        if parsed.allowed_accounts or parsed.forbidden_accounts:
            provider_config.check_account(parsed, connection.account)
        return ConfiguredAwsProvider(self, parsed, connection)

    def fidelity(self, type_token: str) -> Fidelity:
        """Return EMULATED or EXTENSION for types in the table, otherwise RECORDED."""
        declaration = self._table.get(type_token)
        if not isinstance(declaration, EmulatedType):
            return Fidelity.RECORDED
        added = moto_patches.added_operations().get(declaration.service, frozenset())
        return Fidelity.EXTENSION if declaration.operations & added else Fidelity.EMULATED

    def compiled(self, token: str) -> CompiledType | RecordedType:
        """Return the compiled declaration of a type. Raises UnknownTypeError."""
        compiled = self._compiled.get(token)
        if compiled is None:
            declaration = self._table.get(token)
            schema = self.schemas.get(token)
            if isinstance(declaration, EmulatedType):
                compiled = compile_type(declaration, schema)
            else:
                compiled = declaration or recorded_types.default_declaration(token, schema)
            self._compiled[token] = compiled
        return compiled

    def difference(self, token: str, old: Properties, new: Properties) -> DiffResult:
        """Compare old and new inputs of a type and mark changes that replace the resource."""
        compiled = self.compiled(token)
        if isinstance(compiled, CompiledType):
            return difference(compiled, old, new)
        kept = dropped_computed(self.schemas.get(token), old, new) - compiled.defaults.keys()
        changes = [(top_level_name(change.path), change) for change in property_changes(old, new)]
        return DiffResult(
            [
                PropertyChange(change.path, change.kind, replace=name in compiled.force_new)
                for name, change in changes
                if name not in kept
            ]
        )

    def warm_up(self) -> None:
        """Compile all types in advance, which saves seconds in the first preview."""
        for token in self._table:
            self.compiled(token)

    def _connection(self, roles: tuple[AssumedRole, ...]) -> Connection:
        with self._lock:
            if roles not in self._connections:
                connection = Connection(Credentials())
                for role in roles:
                    connection = connection.assume_role(role.arn, role.session, role.external_id)
                self._connections[roles] = connection
            return self._connections[roles]


class ConfiguredAwsProvider:
    """The `aws` provider with a region, tags and credentials."""

    def __init__(self, provider: AwsProvider, config: ProviderConfig, connection: Connection) -> None:
        self._provider = provider
        self._config = config
        self._connection = connection

    def check(self, request: CheckRequest) -> CheckResult:
        """Validate inputs and fill in defaults."""
        compiled = self._provider.compiled(request.urn.type)
        schema = self._provider.schemas.get(request.urn.type)
        declaration = compiled.declaration if isinstance(compiled, CompiledType) else compiled
        written = {name: value for name, value in request.inputs.items() if name not in (DEFAULTS, "tagsAll")}
        defaults, failures = self._defaults(declaration, schema, request, written)
        inputs, coercion_failures = coerce_inputs(schema, {**written, **defaults})
        failures += coercion_failures
        if isinstance(compiled, CompiledType):
            failures += unsupported_inputs(compiled, inputs)
            if compiled.declaration.validate is not None:
                failures += [CheckFailure(name, reason) for name, reason in compiled.declaration.validate(inputs)]
            if compiled.declaration.validate_new is not None and not request.old_inputs:
                failures += [CheckFailure(name, reason) for name, reason in compiled.declaration.validate_new(inputs)]
        if "tags" in schema.inputs and "tagsAll" in schema.outputs:
            inputs["tagsAll"] = self._config.tags.with_defaults(inputs.get("tags"))
        inputs[DEFAULTS] = sorted(defaults)
        return CheckResult(inputs, failures)

    def diff(self, old: ResourceState, inputs: Properties) -> DiffResult:
        """Compare the resource in the state with the new inputs."""
        stored = stored_inputs(self._provider.schemas.get(old.urn.type), old.inputs, old.outputs, inputs)
        return self._provider.difference(old.urn.type, stored, inputs)

    def create(self, urn: Urn, inputs: Properties, timeout: float) -> CreateResult:
        """Create the resource and wait until it is ready."""
        compiled, context = self._provider.compiled(urn.type), self._context(urn, inputs)
        if not isinstance(compiled, CompiledType):
            return self._record(compiled, urn, context, inputs)
        operations.create(compiled, context)
        try:
            live = operations.finish_create(compiled, context, timeout)
        except Exception as error:  # the resource exists, so the state must keep it after any error
            live, hints = _read_after_failure(compiled, context)
            sent_later = {name for step in compiled.updates for name in step.inputs} - compiled.force_new
            unapplied = {name: live.get(name) is not None for name in sorted(sent_later & inputs.keys())}
            partial = operations.state_outputs(compiled.schema, context, live) | {UNAPPLIED: unapplied}
            reasons = (_reason(error), *hints)
            raise PartiallyCreatedError(context.id, _with_defaults(partial, inputs), reasons) from error
        outputs = operations.state_outputs(compiled.schema, context, live)
        return CreateResult(context.id, _with_defaults(outputs, inputs))

    def preview_create(self, urn: Urn, inputs: Properties) -> Properties:
        """Return the inputs, and unknown values for the outputs that AWS computes."""
        schema = self._provider.schemas.get(urn.type)
        unknown = {name: UNKNOWN for name in schema.outputs if name not in schema.optional_outputs}
        return _with_defaults({**unknown, **_inputs_in_state(schema, inputs)}, inputs)

    def update(self, old: ResourceState, inputs: Properties, timeout: float) -> Properties:
        """Change the resource in place.

        Raises PartiallyUpdatedError with the last known properties if the update fails.
        """
        compiled = self._provider.compiled(old.urn.type)
        schema = self._provider.schemas.get(old.urn.type)
        computed = _remaining_outputs(schema, old, inputs)
        if not isinstance(compiled, CompiledType):
            context = self._context(old.urn, inputs, old_inputs=old.inputs, outputs=computed, resource_id=old.id)
            updated = {**computed, **recorded_types.outputs(compiled, schema, context)}
            self._provider.recorded.put(old.urn.type, old.id, updated)
            return _with_defaults(updated, inputs)
        stored = stored_inputs(schema, old.inputs, old.outputs, inputs)
        wanted = {**kept_inputs(compiled, stored, inputs), **inputs}
        context = self._context(old.urn, wanted, old_inputs=stored, outputs=computed, resource_id=old.id)
        try:
            live = operations.update(compiled, context, timeout)
        except Exception as error:  # the resource exists, so the state must keep it after any error
            changed = changed_inputs(compiled, stored, wanted)
            outputs, hints = self._last_known(compiled, old, changed)
            raise PartiallyUpdatedError(old.id, outputs, (_reason(error), *hints)) from error
        return _with_defaults(operations.state_outputs(compiled.schema, context, live), inputs)

    def preview_update(self, old: ResourceState, inputs: Properties) -> Properties:
        """Return the old outputs, overwritten with the new inputs."""
        schema = self._provider.schemas.get(old.urn.type)
        remaining = _remaining_outputs(schema, old, inputs)
        changed = {
            name: with_computed_fields(value, old.inputs.get(name), old.outputs.get(name))
            for name, value in _inputs_in_state(schema, inputs).items()
            if name in schema.inputs and schema.inputs[name].type in (ValueType.OBJECT, ValueType.LIST)
        }
        return _with_defaults({**remaining, **_inputs_in_state(schema, inputs), **changed}, inputs)

    def _last_known(
        self, compiled: CompiledType, old: ResourceState, changed: Iterable[str]
    ) -> tuple[Properties, Sequence[str]]:
        """Return the live outputs after a failed update, and hints for the error message.

        If the resource can't be read, the outputs are those in the state.
        """
        context = self._context(old.urn, old.inputs, outputs=old.outputs, resource_id=old.id)
        live, hints = _read_after_failure(compiled, context)
        unapplied = {name: live.get(name) is not None for name in sorted(changed) if name in compiled.schema.inputs}
        self._split_tags(compiled.schema, live, old.inputs)
        known = self._context(old.urn, {}, outputs=old.outputs, resource_id=old.id)
        outputs = operations.state_outputs(compiled.schema, known, live) | {UNAPPLIED: unapplied}
        return _with_defaults(outputs, old.inputs), hints

    def read(self, resource: ResourceState) -> ReadResult | None:
        """Read the live resource; return None if it does not exist."""
        compiled = self._provider.compiled(resource.urn.type)
        context = self._context(resource.urn, resource.inputs, outputs=resource.outputs, resource_id=resource.id)
        if not isinstance(compiled, CompiledType):
            recorded = self._provider.recorded.get(resource.urn.type, resource.id)
            return None if recorded is None else ReadResult(resource.id, resource.inputs, recorded)
        importing = not resource.inputs and not resource.outputs
        if importing:
            context.outputs |= inputs_from_id(compiled.declaration, resource.id)
            context.id = str(context.outputs.pop("id", context.id))
        live = operations.read(compiled, context)
        if live is None:
            return None
        self._split_tags(compiled.schema, live, resource.inputs)
        outputs = operations.state_outputs(compiled.schema, context, live)
        if resource.inputs:
            inputs = live_inputs(compiled, resource.inputs, resource.outputs, live)
        else:
            inputs = imported_inputs(compiled, outputs)
        return ReadResult(context.id if importing else resource.id, inputs, _with_defaults(outputs, inputs))

    def delete(self, resource: ResourceState, timeout: float) -> None:
        """Delete the resource. Succeeds if it does not exist."""
        compiled = self._provider.compiled(resource.urn.type)
        if not isinstance(compiled, CompiledType):
            self._provider.recorded.remove(resource.urn.type, resource.id)
            return
        context = self._context(resource.urn, resource.inputs, outputs=resource.outputs, resource_id=resource.id)
        operations.delete(compiled, context, timeout)

    def invoke(self, token: str, args: Properties) -> Properties:
        """Call a provider function."""
        return invoke(token, args, self._connection, self._config)

    def _defaults(
        self, declaration: Declaration, schema: ResourceSchema, request: CheckRequest, written: Properties
    ) -> tuple[Properties, list[CheckFailure]]:
        """Return the inputs that the provider fills in: defaults, region, generated name."""
        defaults = {
            name: value
            for name, value in declaration.defaults.items()
            if written.get(name) is None and name in schema.inputs
        }
        if "region" in schema.inputs and written.get("region") is None:
            defaults["region"] = self._config.region
        if declaration.autoname is not None:
            name, failure = generated_name(declaration.autoname, request, written)
            if failure is not None:
                return defaults, [failure]
            if name is not None:
                defaults[declaration.autoname.input] = name
        return defaults, []

    def _context(
        self,
        urn: Urn,
        inputs: Properties,
        *,
        old_inputs: Properties | None = None,
        outputs: Properties | None = None,
        resource_id: str = "",
    ) -> OperationContext:
        compiled = self._provider.compiled(urn.type)
        region = inputs.get("region") or (outputs or {}).get("region") or self._config.region
        return OperationContext(
            connection=self._connection,
            service=compiled.declaration.service if isinstance(compiled, CompiledType) else "",
            region=region,
            id=resource_id,
            inputs={name: value for name, value in inputs.items() if name != DEFAULTS},
            old_inputs={name: value for name, value in (old_inputs or {}).items() if name != DEFAULTS},
            outputs={name: value for name, value in (outputs or {}).items() if name != DEFAULTS},
        )

    def _record(
        self, declaration: RecordedType, urn: Urn, context: OperationContext, inputs: Properties
    ) -> CreateResult:
        context.id = recorded_types.resource_id(declaration, context, urn.text)
        outputs = recorded_types.outputs(declaration, self._provider.schemas.get(urn.type), context)
        self._provider.recorded.put(urn.type, context.id, outputs)
        return CreateResult(context.id, _with_defaults(outputs, inputs))

    def _split_tags(self, schema: ResourceSchema, live: Properties, inputs: Properties) -> None:
        """Split the tags of the live resource into `tags` and `tagsAll`."""
        if live.get("tagsAll") is None or "tags" not in schema.inputs:
            return
        rules = self._config.tags
        live["tagsAll"] = rules.without_ignored(live["tagsAll"])
        live["tags"] = rules.without_defaults(live["tagsAll"], inputs.get("tags") or {}) or None


def _with_defaults(outputs: Properties, inputs: Properties) -> Properties:
    """Return the outputs, with the names of the inputs that the provider filled in."""
    return {**outputs, DEFAULTS: inputs.get(DEFAULTS, [])}


def _remaining_outputs(schema: ResourceSchema, old: ResourceState, inputs: Properties) -> Properties:
    """Return the old outputs that an update keeps unless AWS changes them.

    An output that AWS does not compute is dropped if the program removed the input of the same name.
    """
    return {
        name: value
        for name, value in old.outputs.items()
        if name != UNAPPLIED and (name not in schema.inputs or name in inputs or name not in schema.optional_outputs)
    }


def _inputs_in_state(schema: ResourceSchema, inputs: Properties) -> Properties:
    return {name: value for name, value in inputs.items() if name in schema.outputs}


def _read_after_failure(compiled: CompiledType, context: OperationContext) -> tuple[Properties, Sequence[str]]:
    """Return the live outputs after a failed operation, and hints for the message.

    There are no outputs if the resource does not exist or can't be read.
    """
    try:
        live = operations.read(compiled, context)
    except Exception as error:
        log.warning("%s %s can't be read after a failure", compiled.schema.token, context.id, exc_info=True)
        return {}, (f"{context.id} can't be read ({error}); the state keeps its last known properties",)
    if live is not None:
        return live, ()
    return {}, (f"AWS has no {context.id}: run `pulumi refresh`, so that the next update creates it again",)


def _reason(error: Exception) -> str:
    """Describe the reason for a failure, and log an unexpected error."""
    if isinstance(error, ProviderError):
        return str(error)
    log.error("an operation of the emulated aws provider failed", exc_info=error)
    return f"internal error in the emulated aws provider: {type(error).__name__}: {error}"
