"""The emulated provider itself: property values in, AWS calls out."""

import threading
from collections.abc import Mapping

from rehearsal.providers.aws import config as configuration
from rehearsal.providers.aws import operations, recorded
from rehearsal.providers.aws.calls import Connection, Credentials
from rehearsal.providers.aws.compare import changes
from rehearsal.providers.aws.config import Config
from rehearsal.providers.aws.invokes import invoke
from rehearsal.providers.aws.naming import named
from rehearsal.providers.aws.plan import Plan, compile_plan, difference, unimplemented
from rehearsal.providers.aws.readback import import_hint, imported_inputs, live_inputs
from rehearsal.providers.aws.recorded import Recorded
from rehearsal.providers.aws.table import RecordedType, ResourceType
from rehearsal.providers.aws.work import Work
from rehearsal.providers.coercion import coerce_inputs
from rehearsal.providers.protocol import (
    CheckFailure,
    CheckRequest,
    CheckResult,
    CreateResult,
    DiffResult,
    Fidelity,
    PartiallyCreatedError,
    PropertyChange,
    ProviderError,
    ReadResult,
    ResourceState,
    Urn,
)
from rehearsal.providers.schema import ResourceSchema, SdkSchemas
from rehearsal.providers.values import DEFAULTS, UNKNOWN, Properties

Declared = ResourceType | RecordedType


class AwsProvider:
    """The `aws` provider before configuration; one for all engines."""

    name = "aws"

    def __init__(self, table: Mapping[str, Declared], schemas: SdkSchemas) -> None:
        self.version = schemas.version
        self.schemas = schemas
        self.recorded = Recorded()
        self._table = table
        self._plans: dict[str, Plan | RecordedType] = {}
        self._connections: dict[tuple[configuration.Role, ...], Connection] = {}
        self._lock = threading.Lock()

    def check_config(self, config: Properties) -> CheckResult:
        """Validate the provider's own configuration."""
        return configuration.check(config)

    def configure(self, config: Properties) -> "AwsConfigured":
        """Bind to a configuration; refuses an account that it doesn't allow."""
        parsed = configuration.parse(config)
        connection = self._connection(parsed.roles)
        if parsed.allowed_accounts or parsed.forbidden_accounts:
            configuration.refuse_wrong_account(parsed, connection.account)
        return AwsConfigured(self, parsed, connection)

    def fidelity(self, type_token: str) -> Fidelity:
        """Emulated when the table has the type, else recorded."""
        return Fidelity.EMULATED if isinstance(self._table.get(type_token), ResourceType) else Fidelity.RECORDED

    def plan(self, token: str) -> Plan | RecordedType:
        """The compiled declaration of a type. Raises UnknownTypeError for what the SDK doesn't have."""
        known = self._plans.get(token)
        if known is None:
            declared = self._table.get(token)
            schema = self.schemas.get(token)
            if isinstance(declared, ResourceType):
                known = compile_plan(declared, schema)
            else:
                known = declared or recorded.declared(token, schema)
            self._plans[token] = known
        return known

    def warm_up(self) -> None:
        """Compile the whole table, so that the first preview doesn't wait for it (a few seconds of work)."""
        for token in self._table:
            self.plan(token)

    def _connection(self, roles: tuple[configuration.Role, ...]) -> Connection:
        with self._lock:
            if roles not in self._connections:
                connection = Connection(Credentials())
                for role in roles:
                    connection = connection.assume(role.arn, role.session, role.external_id)
                self._connections[roles] = connection
            return self._connections[roles]


class AwsConfigured:
    """The provider with a region, tags and credentials."""

    def __init__(self, provider: AwsProvider, config: Config, connection: Connection) -> None:
        self._provider = provider
        self._config = config
        self._connection = connection

    def check(self, request: CheckRequest) -> CheckResult:
        """Validate and complete inputs."""
        plan = self._provider.plan(request.urn.type)
        schema = self._provider.schemas.get(request.urn.type)
        declared = plan.declared if isinstance(plan, Plan) else plan
        given = {name: value for name, value in request.inputs.items() if name not in (DEFAULTS, "tagsAll")}
        filled, failures = self._defaults(declared, schema, request, given)
        inputs, wrong = coerce_inputs(schema, {**given, **filled})
        failures += wrong
        if isinstance(plan, Plan):
            failures += unimplemented(plan, inputs)
            if plan.declared.validate is not None:
                failures += [CheckFailure(name, reason) for name, reason in plan.declared.validate(inputs)]
        if "tags" in schema.inputs and "tagsAll" in schema.outputs:
            inputs["tagsAll"] = self._config.tags.merged(inputs.get("tags"))
        inputs[DEFAULTS] = sorted(filled)
        return CheckResult(inputs, failures)

    def diff(self, old: ResourceState, inputs: Properties) -> DiffResult:
        """Compare the inputs of the last update with new ones."""
        plan = self._provider.plan(old.urn.type)
        if isinstance(plan, Plan):
            return difference(plan, old.inputs, inputs)
        found = [
            PropertyChange(change.path, change.kind, replace=_top(change.path) in plan.force)
            for change in changes(old.inputs, inputs)
        ]
        return DiffResult(found)

    def create(self, urn: Urn, inputs: Properties, timeout: float) -> CreateResult:
        """Make the resource and wait until it is usable."""
        plan, work = self._provider.plan(urn.type), self._work(urn, inputs)
        if not isinstance(plan, Plan):
            return self._record(plan, urn, work, inputs)
        operations.create(plan, work)
        try:
            live = operations.complete(plan, work, timeout)
        except ProviderError as error:
            partial = operations.assembled(plan.schema, work, _readable(plan, work))
            raise PartiallyCreatedError(work.id, self._outputs(partial, inputs), (str(error),)) from error
        return CreateResult(work.id, self._outputs(operations.assembled(plan.schema, work, live), inputs))

    def preview_create(self, urn: Urn, inputs: Properties) -> Properties:
        """Inputs, and every other output that AWS computes as unknown."""
        schema = self._provider.schemas.get(urn.type)
        unknown = {name: UNKNOWN for name in schema.outputs if name not in schema.optional_outputs}
        return {**unknown, **_for_state(schema, inputs), DEFAULTS: inputs.get(DEFAULTS, [])}

    def update(self, old: ResourceState, inputs: Properties, timeout: float) -> Properties:
        """Change the resource in place."""
        plan = self._provider.plan(old.urn.type)
        schema = self._provider.schemas.get(old.urn.type)
        computed = {
            k: v for k, v in old.outputs.items() if k not in schema.inputs or k in inputs or _computed(schema, k)
        }
        work = self._work(old.urn, inputs, old=old.inputs, state=computed, resource_id=old.id)
        if not isinstance(plan, Plan):
            updated = {**computed, **recorded.outputs(plan, schema, work)}
            self._provider.recorded.put(old.urn.type, old.id, updated)
            return self._outputs(updated, inputs)
        live = operations.update(plan, work, timeout)
        return self._outputs(operations.assembled(plan.schema, work, live), inputs)

    def preview_update(self, old: ResourceState, inputs: Properties) -> Properties:
        """Old outputs with the new inputs over them."""
        schema = self._provider.schemas.get(old.urn.type)
        kept = {name: value for name, value in old.outputs.items() if name not in schema.inputs or name in inputs}
        return {**kept, **_for_state(schema, inputs), DEFAULTS: inputs.get(DEFAULTS, [])}

    def read(self, resource: ResourceState) -> ReadResult | None:
        """Look at the real thing; None when it is gone."""
        plan = self._provider.plan(resource.urn.type)
        work = self._work(resource.urn, resource.inputs, state=resource.outputs, resource_id=resource.id)
        if not isinstance(plan, Plan):
            kept = self._provider.recorded.get(resource.urn.type, resource.id)
            return None if kept is None else ReadResult(resource.id, resource.inputs, kept)
        imported = not resource.inputs and not resource.outputs
        if imported:
            work.state |= import_hint(plan.declared, resource.id)
            work.id = str(work.state.pop("id", work.id))
        live = operations.read(plan, work)
        if live is None:
            return None
        self._split_tags(plan.schema, live, resource.inputs)
        outputs = operations.assembled(plan.schema, work, live)
        inputs = live_inputs(plan, resource.inputs, live) if resource.inputs else imported_inputs(plan, outputs)
        return ReadResult(work.id if imported else resource.id, inputs, self._outputs(outputs, inputs))

    def delete(self, resource: ResourceState, timeout: float) -> None:
        """Remove the resource; that it is gone already is success."""
        plan = self._provider.plan(resource.urn.type)
        if not isinstance(plan, Plan):
            self._provider.recorded.remove(resource.urn.type, resource.id)
            return
        work = self._work(resource.urn, resource.inputs, state=resource.outputs, resource_id=resource.id)
        operations.delete(plan, work, timeout)

    def invoke(self, token: str, args: Properties) -> Properties:
        """Answer a function call."""
        return invoke(token, args, self._connection, self._config)

    def _defaults(
        self, declared: Declared, schema: ResourceSchema, request: CheckRequest, given: Properties
    ) -> tuple[Properties, list[CheckFailure]]:
        """What the provider fills in itself: declared defaults, the region, a name."""
        filled = {k: v for k, v in declared.defaults.items() if given.get(k) is None and k in schema.inputs}
        if "region" in schema.inputs and given.get("region") is None:
            filled["region"] = self._config.region
        if declared.auto is not None:
            name, failure = named(declared.auto, request, given)
            if failure is not None:
                return filled, [failure]
            if name is not None:
                filled[declared.auto.input] = name
        return filled, []

    def _work(
        self,
        urn: Urn,
        inputs: Properties,
        *,
        old: Properties | None = None,
        state: Properties | None = None,
        resource_id: str = "",
    ) -> Work:
        plan = self._provider.plan(urn.type)
        region = inputs.get("region") or (state or {}).get("region") or self._config.region
        return Work(
            connection=self._connection,
            service=plan.declared.service if isinstance(plan, Plan) else "",
            region=region,
            id=resource_id,
            new={name: value for name, value in inputs.items() if name != DEFAULTS},
            old={name: value for name, value in (old or {}).items() if name != DEFAULTS},
            state={name: value for name, value in (state or {}).items() if name != DEFAULTS},
        )

    def _record(self, kind: RecordedType, urn: Urn, work: Work, inputs: Properties) -> CreateResult:
        work.id = recorded.identified(kind, work, urn.text)
        outputs = recorded.outputs(kind, self._provider.schemas.get(urn.type), work)
        self._provider.recorded.put(urn.type, work.id, outputs)
        return CreateResult(work.id, self._outputs(outputs, inputs))

    def _split_tags(self, schema: ResourceSchema, live: Properties, inputs: Properties) -> None:
        """`tags` and `tagsAll` out of the tags on the live resource."""
        if live.get("tagsAll") is None or "tags" not in schema.inputs:
            return
        rules = self._config.tags
        live["tagsAll"] = rules.seen(live["tagsAll"])
        own = rules.own(live["tagsAll"], inputs.get("tags") or {})
        live["tags"] = own or None

    @staticmethod
    def _outputs(outputs: Properties, inputs: Properties) -> Properties:
        return {**outputs, DEFAULTS: inputs.get(DEFAULTS, [])}


def _top(path: str) -> str:
    return path.split(".", maxsplit=1)[0].split("[", maxsplit=1)[0]


def _computed(schema: ResourceSchema, name: str) -> bool:
    return name not in schema.optional_outputs


def _for_state(schema: ResourceSchema, inputs: Properties) -> Properties:
    return {name: value for name, value in inputs.items() if name in schema.outputs}


def _readable(plan: Plan, work: Work) -> Properties:
    """What can be read of a partially created resource; nothing, when even that fails."""
    try:
        return operations.read(plan, work) or {}
    except ProviderError:
        return {}
