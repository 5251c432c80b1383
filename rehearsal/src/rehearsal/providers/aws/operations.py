"""Make, read, change and remove one resource, as its plan says."""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import jmespath
import tenacity

from rehearsal.providers.aws.calls import Answer, Args, AwsError, input_shape
from rehearsal.providers.aws.compare import same
from rehearsal.providers.aws.mapping import from_aws, members, pick, source, to_aws
from rehearsal.providers.aws.plan import GENERAL, Part, Plan, carried, changed_inputs, mappable
from rehearsal.providers.aws.table import Look, Op, ResourceType, Step
from rehearsal.providers.aws.work import Work
from rehearsal.providers.protocol import ProviderError
from rehearsal.providers.schema import PropertySchema, ResourceSchema, ValueType
from rehearsal.providers.values import Properties

READY_TIMEOUT = 1200.0
"""Seconds to wait for a resource to become usable, when the program sets no timeout."""
DEPENDENCY_TIMEOUT = 10.0
"""Seconds to wait for what still uses a resource that is being deleted."""

_IN_USE = frozenset({"DependencyViolation", "ResourceInUse", "ResourceInUseException", "DeleteConflict"})


class NotReadyError(ProviderError):
    """A resource exists but can't be used, or can't be read back."""


def create(plan: Plan, work: Work) -> None:
    """Run the operation that creates, and set the work's id. Raises AwsError when nothing was made."""
    declared, operation = plan.declared, plan.create_op(work)
    args = arguments(plan, operation, work)
    wanted = work.new.get("tagsAll") or {}
    if wanted:
        args |= _tags_on_create(plan, operation, wanted)
    answer = _call(operation, work, args)
    work.id = _identified(declared, work, answer)
    if not work.id:
        raise LookupError(f"the answer of {operation.name} has no {declared.id_member}")


def complete(plan: Plan, work: Work, timeout: float) -> Properties:
    """Do what creation left open, wait until the resource is usable and return its live outputs."""
    operation = plan.create_op(work)
    done = _carried(plan, operation)
    defaults = plan.declared.defaults
    for part in plan.updates:
        left = {
            name
            for name in part.inputs - done
            if not _unset(work.new.get(name)) and not _is_default(work, name, defaults)
        }
        if isinstance(part.work, Step):
            if part.work.always or (part.work.on_create and left):
                part.work.run(work)
        elif left:
            _run(plan, part.work, work, left)
    wanted = work.new.get("tagsAll")
    if wanted and plan.declared.tagging and not _tags_on_create(plan, operation, wanted):
        plan.declared.tagging.write(work, wanted, ())
    return _settled(plan, work, timeout)


def update(plan: Plan, work: Work, timeout: float) -> Properties:
    """Run what carries the changed inputs; returns live outputs. Raises ProviderError."""
    changed = changed_inputs(work.old, work.new)
    for part in plan.updates:
        _update_part(plan, part, work, changed & part.inputs)
    if "tagsAll" in changed and plan.declared.tagging:
        wanted, before = work.new.get("tagsAll") or {}, work.old.get("tagsAll") or {}
        plan.declared.tagging.write(work, wanted, sorted(before.keys() - wanted.keys()))
    return _settled(plan, work, timeout)


def read(plan: Plan, work: Work) -> Properties | None:
    """Live outputs by Pulumi name; None when the resource is gone. None as a value means that AWS has none."""
    item = _item(plan, work)
    return None if item is None else _outputs(plan, work, item)


def delete(plan: Plan, work: Work, timeout: float) -> None:
    """Remove the resource and wait until it is gone; that it is gone already is success."""
    declared = plan.declared
    for before in declared.before_delete:
        # What a preparation would undo may be gone although the resource is there.
        with _missing_is_fine(declared):
            before(work)
    if declared.delete is not None:
        with _missing_is_fine(declared):
            _delete_when_unused(plan, declared.delete, work)
    if declared.ready and declared.delete is not None:
        _wait(lambda: _item(plan, work) is None, timeout or READY_TIMEOUT, "is still there after being deleted")


@contextmanager
def _missing_is_fine(declared: ResourceType) -> Iterator[None]:
    try:
        yield
    except AwsError as error:
        if not _says_missing(declared, error):
            raise


def _says_missing(declared: ResourceType, error: AwsError) -> bool:
    return error.is_missing or bool(declared.missing and re.search(declared.missing, str(error)))


def arguments(plan: Plan, operation: Op, work: Work, only: Iterable[str] | None = None) -> Args:
    """All arguments of an operation; `only` restricts it to inputs that changed, unless AWS replaces everything."""
    if operation.args is not None:
        return operation.args(work)
    declared = plan.declared
    names = mappable(declared, plan.schema)
    wanted = names if only is None or operation.whole else names & set(only)
    values = {name: _wanted(plan.schema, work, name) for name in wanted if name in work.new or only is not None}
    shape = input_shape(operation.service or declared.service, operation.name)
    args = _key_arguments(declared, operation, work)
    mapped = to_aws(members(shape)[operation.wrap] if operation.wrap else shape, values, declared.names)
    args |= {operation.wrap: mapped} if operation.wrap else mapped
    if operation.beside is not None:
        args |= operation.beside(work)
    return args


def assembled(schema: ResourceSchema, work: Work, live: Properties) -> Properties:
    """Outputs for the state: what the program wrote where the live value means the same, else the live one."""
    known = {name: value for name, value in work.state.items() if name in schema.outputs}
    known |= {name: value for name, value in work.new.items() if name in schema.outputs}
    for name, value in live.items():
        if value is None:
            known.pop(name, None)
        elif name not in known or not same(known[name], value):
            known[name] = value
    return known


def _update_part(plan: Plan, part: Part, work: Work, changed: frozenset[str]) -> None:
    if not changed:
        return
    if isinstance(part.work, Step):
        part.work.run(work)
    else:
        _run(plan, part.work, work, changed)


def _run(plan: Plan, operation: Op, work: Work, inputs: Iterable[str]) -> None:
    groups = [[name] for name in sorted(inputs)] if operation.one_by_one else [list(inputs)]
    for group in groups:
        _call(operation, work, arguments(plan, operation, work, group))


def _call(operation: Op, work: Work, args: Args, *, pages: bool = False) -> Answer:
    region = operation.region(work) if operation.region else ""
    return work.call(operation.name, args, service=operation.service, region=region, pages=pages)


def _identified(declared: ResourceType, work: Work, answer: Answer) -> str:
    if callable(declared.id):
        return declared.id(work, answer)
    return work.fill(declared.id, answer) if declared.id_template else _deep(answer, declared.id)


def _wanted(schema: ResourceSchema, work: Work, name: str) -> Any:
    """The wanted value; for an input that was taken out of the program, the empty value of its kind."""
    if name in work.new or name not in work.old:
        return work.new.get(name)
    return {ValueType.LIST: [], ValueType.MAP: {}, ValueType.BOOLEAN: False}.get(schema.inputs[name].type)


def _key_arguments(declared: ResourceType, operation: Op, work: Work) -> Args:
    """Arguments that name the resource: its key, and required members that inputs or outputs of that name fill."""
    shape = input_shape(operation.service or declared.service, operation.name)
    inside = members(shape)
    args: Args = {}
    key = declared.key or declared.id_member
    if key and work.id:
        for member in (key, f"{key}s", f"{key}es"):
            if member in inside:
                value = work.fill(declared.key_value)
                args[member] = [value] if inside[member].type_name == "list" else value
                break
    values = work.values()
    for member in shape.required_members:
        if member == "AccountId":
            args[member] = work.account
        elif member not in args and member != operation.wrap:
            name = source(member, values, declared.names, inside)
            if name is not None:
                args[member] = to_aws(inside[member], values[name], declared.names)
    return args


def _carried(plan: Plan, operation: Op) -> frozenset[str]:
    return carried(plan.declared, operation, mappable(plan.declared, plan.schema))


def _tags_on_create(plan: Plan, operation: Op, wanted: Mapping[str, str]) -> Args:
    if plan.declared.tagging is None:
        return {}
    return plan.declared.tagging.on_create(operation.service or plan.declared.service, operation.name, dict(wanted))


def _unset(value: Any) -> bool:
    return value in (None, "", [], {})


def _is_default(work: Work, name: str, defaults: Mapping[str, Any]) -> bool:
    return name in defaults and same(work.new.get(name), defaults[name])


def _settled(plan: Plan, work: Work, timeout: float) -> Properties:
    """Live outputs once the resource is usable."""
    declared = plan.declared
    item: Any = None

    def usable() -> bool:
        nonlocal item
        item = _item(plan, work)
        if item is not None and declared.failed and jmespath.search(declared.failed, item):
            raise NotReadyError(f"{plan.schema.token} {work.id} failed: AWS says that it will never become usable")
        return item is not None and (not declared.ready or bool(jmespath.search(declared.ready, item)))

    _wait(usable, (timeout or READY_TIMEOUT) if declared.ready else 1.0, "can't be read back, or isn't ready in time")
    return _outputs(plan, work, item)


def _wait(reached: Any, seconds: float, otherwise: str) -> None:
    waiting = tenacity.Retrying(
        retry=tenacity.retry_if_result(lambda done: not done),
        stop=tenacity.stop_after_delay(seconds),
        wait=tenacity.wait_exponential(multiplier=0.05, max=2),
    )
    try:
        waiting(reached)
    except tenacity.RetryError as error:
        raise NotReadyError(f"the resource {otherwise} ({seconds:.0f} s)") from error


def _delete_when_unused(plan: Plan, operation: Op, work: Work) -> None:
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(lambda error: isinstance(error, AwsError) and error.code in _IN_USE),
        stop=tenacity.stop_after_delay(DEPENDENCY_TIMEOUT),
        wait=tenacity.wait_exponential(multiplier=0.1, max=2),
        reraise=True,
    )
    args = operation.args(work) if operation.args else _key_arguments(plan.declared, operation, work)
    if operation.args is None and operation.beside is not None:
        args |= operation.beside(work)
    retrying(_call, operation, work, args)


def _item(plan: Plan, work: Work) -> Any:
    """The resource in AWS's answer; None when it isn't there."""
    declared, operation = plan.declared, plan.declared.read
    args = operation.args(work) if operation.args else _key_arguments(declared, operation, work)
    if operation.args is None and operation.beside is not None:
        args |= operation.beside(work)
    try:
        answer = _call(operation, work, args, pages=True)
    except AwsError as error:
        if _says_missing(declared, error):
            return None
        raise
    item = _found(declared, work, answer)
    if item in (None, [], {}) or (declared.gone and jmespath.search(declared.gone, item)):
        return None
    return item


def _found(declared: ResourceType, work: Work, answer: Answer) -> Any:
    if callable(declared.item):
        return declared.item(work, answer)
    if declared.item:
        return _search(declared.item, answer)
    for value in answer.values():
        if isinstance(value, list):
            return value[0] if value else None
        if isinstance(value, dict):
            return value
    return answer


def _outputs(plan: Plan, work: Work, item: Any) -> Properties:
    declared, schema = plan.declared, plan.schema
    found: Properties = {}
    special = {*declared.outputs, *GENERAL, *declared.local, *(name for look in declared.also for name in look.outputs)}
    if isinstance(item, Mapping):
        for name, shape in schema.outputs.items():
            there, value = pick(item, name, declared.names) if name not in special else (False, None)
            if there:
                found[name] = from_aws(shape, value, declared.names)
    for name, rule in declared.outputs.items():
        found[name] = _evaluated(rule, work, item, schema.outputs[name], declared)
    if declared.arn and "arn" in schema.outputs:
        found["arn"] = work.fill(declared.arn)
    work.state |= {name: value for name, value in found.items() if value is not None}
    for look in declared.also:
        found |= _looked(look, declared, work, schema)
    found |= {name: work.get(name) for name in declared.local if work.get(name) is not None}
    work.state |= {name: value for name, value in found.items() if value is not None}
    if declared.tagging is not None and "tagsAll" in schema.outputs:
        found["tagsAll"] = declared.tagging.read(work, item)
    if "region" in schema.outputs:
        found["region"] = work.region
    return found


def _looked(look: Look, declared: ResourceType, work: Work, schema: ResourceSchema) -> Properties:
    args = look.args(work) if look.args else _key_arguments(declared, Op(name=look.name), work)
    try:
        answer = work.call(look.name, args, service=look.service, pages=True)
    except AwsError as error:
        if not error.is_missing:
            raise
        return {name: look.absent.get(name) for name in look.outputs}
    return {name: _evaluated(rule, work, answer, schema.outputs[name], declared) for name, rule in look.outputs.items()}


def _evaluated(rule: Any, work: Work, item: Any, shape: PropertySchema, declared: ResourceType) -> Any:
    if callable(rule):
        return rule(work, item)
    return from_aws(shape, _search(rule, item), declared.names)


def _search(expression: str, value: Any) -> Any:
    return _compiled(expression).search(value)


@functools.cache
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)


def _deep(value: Any, member: str) -> str:
    """A member anywhere in an answer."""
    if isinstance(value, Mapping):
        there = value.get(member)
        if isinstance(there, list) and there and isinstance(there[0], str):
            return there[0]
        if isinstance(there, str):
            return there
        value = list(value.values())
    if isinstance(value, list):
        return next((found for one in value if (found := _deep(one, member))), "")
    return ""
