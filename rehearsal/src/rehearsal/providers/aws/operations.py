"""Create, read, update and delete operations on one resource.

The compiled declaration of the resource's type determines the AWS calls.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import tenacity

from rehearsal.providers.aws.calls import Args, AwsError, Response, input_shape
from rehearsal.providers.aws.compare import EMPTY, same
from rehearsal.providers.aws.compiled import (
    COMMON_INPUTS,
    CompiledType,
    UpdateStep,
    changed_inputs,
    mappable_inputs,
    sent_inputs,
)
from rehearsal.providers.aws.context import OperationContext
from rehearsal.providers.aws.mapping import find_member, from_aws, members, source_input, to_aws
from rehearsal.providers.aws.response_search import find_text, search
from rehearsal.providers.aws.table import ApiCall, CustomUpdate, EmulatedType, ExtraRead, OutputFunction
from rehearsal.providers.protocol import ProviderError
from rehearsal.providers.schema import PropertySchema, ResourceSchema, ValueType
from rehearsal.providers.values import Properties

READY_TIMEOUT = 1200.0
"""Seconds to wait until a resource is ready, unless the program sets a timeout."""
DEPENDENCY_TIMEOUT = 60.0
"""Seconds to retry a deletion while another resource still uses this one."""

_IN_USE = frozenset({"DependencyViolation", "ResourceInUse", "ResourceInUseException", "DeleteConflict"})


class NotReadyError(ProviderError):
    """Error of a resource that exists but is not ready or could not be read back."""


def create(compiled: CompiledType, context: OperationContext) -> None:
    """Create the resource and store its id in the context. Raises AwsError."""
    declaration, call = compiled.declaration, compiled.create_call(context)
    args = arguments(compiled, call, context)
    tags = context.inputs.get("tagsAll") or {}
    if tags:
        args |= _tag_args(compiled, call, tags)
    response = _run_call(call, context, args)
    context.id = _created_id(declaration, context, response)
    if not context.id:
        raise LookupError(f"the response of {call.name} has no {declaration.id_member}")


def finish_create(compiled: CompiledType, context: OperationContext, timeout: float) -> Properties:
    """Apply the inputs that the creation did not send.

    Returns the outputs once the resource is ready.
    """
    call = compiled.create_call(context)
    sent = sent_inputs(compiled.declaration, call, mappable_inputs(compiled.declaration, compiled.schema))
    defaults = compiled.declaration.defaults
    for step in compiled.updates:
        pending = {
            name
            for name in step.inputs - sent
            if context.inputs.get(name) not in EMPTY and not _is_default(context, name, defaults)
        }
        if isinstance(step.update, CustomUpdate):
            if step.update.always_on_create or (step.update.on_create and pending):
                step.update.run(context)
        elif pending:
            _run_update_call(compiled, step.update, context, pending)
    tags = context.inputs.get("tagsAll")
    if tags and compiled.declaration.tagging and not _tag_args(compiled, call, tags):
        compiled.declaration.tagging.write(context, tags, ())
    return _outputs_when_ready(compiled, context, timeout)


def update(compiled: CompiledType, context: OperationContext, timeout: float) -> Properties:
    """Run the updates whose inputs changed, and return the outputs.

    Raises ProviderError if an update fails.
    """
    changed = changed_inputs(compiled, context.old_inputs, context.inputs)
    for step in compiled.updates:
        _run_update_step(compiled, step, context, changed & step.inputs)
    if changed & {"tags", "tagsAll"} and compiled.declaration.tagging:
        tags = context.inputs.get("tagsAll") or {}
        old_tags = {**(context.old_inputs.get("tags") or {}), **(context.old_inputs.get("tagsAll") or {})}
        compiled.declaration.tagging.write(context, tags, sorted(old_tags.keys() - tags.keys()))
    return _outputs_when_ready(compiled, context, timeout)


def read(compiled: CompiledType, context: OperationContext) -> Properties | None:
    """Return the live outputs, or None if the resource does not exist.

    The keys are Pulumi names. An output is None if AWS has no value for it.
    """
    item = _read_item(compiled, context)
    return None if item is None else _outputs(compiled, context, item)


def delete(compiled: CompiledType, context: OperationContext, timeout: float) -> None:
    """Delete the resource and wait until it is deleted.

    Succeeds if the resource does not exist.
    """
    declaration = compiled.declaration
    for prepare in declaration.before_delete:
        # The function removes a part of the resource, which may be missing even if the resource exists.
        with _ignore_not_found(declaration):
            _retry_while_used(partial(prepare, context))
    if declaration.delete is not None:
        with _ignore_not_found(declaration):
            args = _identifying_arguments(declaration, declaration.delete, context)
            _retry_while_used(partial(_run_call, declaration.delete, context, args))
    if declaration.ready_when and declaration.delete is not None:
        _wait_until(
            lambda: _read_item(compiled, context) is None,
            timeout or READY_TIMEOUT,
            f"{compiled.schema.token} {context.id} was not deleted",
        )


@contextmanager
def _ignore_not_found(declaration: EmulatedType) -> Iterator[None]:
    try:
        yield
    except AwsError as error:
        if not _is_not_found(declaration, error):
            raise


def _is_not_found(declaration: EmulatedType, error: AwsError) -> bool:
    pattern = declaration.not_found_message
    return error.is_missing or bool(pattern and re.search(pattern, str(error)))


def arguments(
    compiled: CompiledType, call: ApiCall, context: OperationContext, only: Iterable[str] | None = None
) -> Args:
    """Build the arguments of a call.

    `only` restricts them to the named inputs, unless the call replaces all settings.
    """
    if call.args is not None:
        return call.args(context)
    declaration = compiled.declaration
    names = mappable_inputs(declaration, compiled.schema)
    if only is not None and not call.full_replace:
        names &= set(only)
    values = {
        name: _input_or_empty(compiled.schema, context, name)
        for name in names
        if name in context.inputs or only is not None
    }
    shape = input_shape(call.service or declaration.service, call.name)
    args = _id_arguments(declaration, call, context)
    mapped = to_aws(members(shape)[call.nested_in] if call.nested_in else shape, values, declaration.names)
    args |= {call.nested_in: mapped} if call.nested_in else mapped
    if call.extra_args is not None:
        args |= call.extra_args(context)
    return args


def state_outputs(schema: ResourceSchema, context: OperationContext, live: Properties) -> Properties:
    """Return the outputs to store in the state.

    These are the live values, but in the program's notation if the program's value is equivalent.
    """
    outputs = {name: value for name, value in context.outputs.items() if name in schema.outputs}
    outputs |= {name: value for name, value in context.inputs.items() if name in schema.outputs}
    for name, value in live.items():
        if value is None:
            outputs.pop(name, None)
        elif name not in outputs or not same(outputs[name], value):
            outputs[name] = value
    return outputs


def _run_update_step(
    compiled: CompiledType, step: UpdateStep, context: OperationContext, changed: frozenset[str]
) -> None:
    if not changed:
        return
    if isinstance(step.update, CustomUpdate):
        step.update.run(context)
    else:
        _run_update_call(compiled, step.update, context, changed)


def _run_update_call(compiled: CompiledType, call: ApiCall, context: OperationContext, inputs: Iterable[str]) -> None:
    groups = [[name] for name in sorted(inputs)] if call.one_input_per_call else [list(inputs)]
    for group in groups:
        _run_call(call, context, arguments(compiled, call, context, group))


def _run_call(call: ApiCall, context: OperationContext, args: Args, *, pages: bool = False) -> Response:
    region = call.region(context) if call.region else ""
    return context.call(call.name, args, service=call.service, region=region, pages=pages)


def _created_id(declaration: EmulatedType, context: OperationContext, response: Response) -> str:
    if callable(declaration.id):
        return str(declaration.id(context, response))
    if declaration.id_template:
        return context.format(declaration.id, response)
    return find_text(response, declaration.id)


def _input_or_empty(schema: ResourceSchema, context: OperationContext, name: str) -> Any:
    """Return an input, or the empty value of its type if the program removed it."""
    if name in context.inputs or name not in context.old_inputs:
        return context.inputs.get(name)
    return {ValueType.LIST: [], ValueType.MAP: {}, ValueType.BOOLEAN: False}.get(schema.inputs[name].type)


def _id_arguments(declaration: EmulatedType, call: ApiCall, context: OperationContext) -> Args:
    """Build the arguments that identify the resource.

    These are its id and all required members for which an input or output with a matching name exists.
    """
    shape = input_shape(call.service or declaration.service, call.name)
    shapes = members(shape)
    args: Args = {}
    id_argument = declaration.id_argument or declaration.id_member
    if id_argument and context.id:
        for member in (id_argument, f"{id_argument}s", f"{id_argument}es"):
            if member in shapes:
                args[member] = [context.id] if shapes[member].type_name == "list" else context.id
                break
    values = context.values()
    for member in shape.required_members:
        if member == "AccountId":
            args[member] = context.account
        elif member not in args and member != call.nested_in:
            name = source_input(member, values, declaration.names, shapes)
            if name is not None:
                args[member] = to_aws(shapes[member], values[name], declaration.names)
    return args


def _tag_args(compiled: CompiledType, call: ApiCall, tags: Mapping[str, str]) -> Args:
    tagging = compiled.declaration.tagging
    if tagging is None:
        return {}
    return tagging.on_create(call.service or compiled.declaration.service, call.name, dict(tags))


def _is_default(context: OperationContext, name: str, defaults: Mapping[str, Any]) -> bool:
    return name in defaults and same(context.inputs.get(name), defaults[name])


def _outputs_when_ready(compiled: CompiledType, context: OperationContext, timeout: float) -> Properties:
    """Wait until the resource is ready, and return its live outputs."""
    declaration = compiled.declaration
    item: Any = None

    def ready() -> bool:
        nonlocal item
        item = _read_item(compiled, context)
        if item is not None and declaration.failed_when and search(declaration.failed_when, item):
            raise NotReadyError(f"{compiled.schema.token} {context.id} failed: AWS reports a permanent failure")
        return item is not None and (not declaration.ready_when or bool(search(declaration.ready_when, item)))

    seconds = (timeout or READY_TIMEOUT) if declaration.ready_when else 1.0
    problem = f"{compiled.schema.token} {context.id} could not be read back or did not become ready"
    _wait_until(ready, seconds, problem)
    return _outputs(compiled, context, item)


def _wait_until(condition: Callable[[], bool], seconds: float, problem: str) -> None:
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_result(lambda reached: not reached),
        stop=tenacity.stop_after_delay(seconds),
        wait=tenacity.wait_exponential(multiplier=0.05, max=2),
    )
    try:
        retrying(condition)
    except tenacity.RetryError as error:
        raise NotReadyError(f"{problem} within {seconds:.0f} s") from error


def _retry_while_used(run: Callable[[], Any]) -> None:
    """Run a step of a deletion, and repeat it while the resource is in use."""
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(lambda error: isinstance(error, AwsError) and error.code in _IN_USE),
        stop=tenacity.stop_after_delay(DEPENDENCY_TIMEOUT),
        wait=tenacity.wait_exponential(multiplier=0.1, max=2),
        reraise=True,
    )
    retrying(run)


def _identifying_arguments(declaration: EmulatedType, call: ApiCall, context: OperationContext) -> Args:
    """Build the arguments of a read or a deletion, which send no inputs."""
    if call.args is not None:
        return call.args(context)
    args = _id_arguments(declaration, call, context)
    return args | call.extra_args(context) if call.extra_args is not None else args


def _read_item(compiled: CompiledType, context: OperationContext) -> Any:
    """Return the resource from AWS's response, or None if it does not exist."""
    declaration, call = compiled.declaration, compiled.declaration.read
    args = _identifying_arguments(declaration, call, context)
    try:
        response = _run_call(call, context, args, pages=True)
    except AwsError as error:
        if _is_not_found(declaration, error):
            return None
        raise
    item = _select_item(declaration, context, response)
    if item in (None, [], {}) or (declaration.deleted_when and search(declaration.deleted_when, item)):
        return None
    return item


def _select_item(declaration: EmulatedType, context: OperationContext, response: Response) -> Any:
    if callable(declaration.item):
        return declaration.item(context, response)
    if declaration.item:
        return search(declaration.item, response)
    for value in response.values():
        if isinstance(value, list):
            return value[0] if value else None
        if isinstance(value, dict):
            return value
    return response


def _outputs(compiled: CompiledType, context: OperationContext, item: Any) -> Properties:
    """Compute all outputs of an item.

    Also updates the context's outputs step by step, because later outputs may depend on earlier ones.
    """
    declaration, schema = compiled.declaration, compiled.schema
    outputs: Properties = {}
    from_extra_reads = {name for extra_read in declaration.extra_reads for name in extra_read.outputs}
    not_mapped = {*declaration.outputs, *COMMON_INPUTS, *declaration.state_only, *from_extra_reads}
    if isinstance(item, Mapping):
        for name, shape in schema.outputs.items():
            present, value = find_member(item, name, declaration.names) if name not in not_mapped else (False, None)
            if present:
                outputs[name] = from_aws(shape, value, declaration.names)
    for name, source in declaration.outputs.items():
        outputs[name] = _evaluate(source, context, item, schema.outputs[name], declaration)
    if declaration.arn and "arn" in schema.outputs:
        outputs["arn"] = context.format(declaration.arn)
    context.outputs |= {name: value for name, value in outputs.items() if value is not None}
    for extra_read in declaration.extra_reads:
        outputs |= _extra_outputs(extra_read, declaration, context, schema)
    outputs |= {name: context.get(name) for name in declaration.state_only if context.get(name) is not None}
    context.outputs |= {name: value for name, value in outputs.items() if value is not None}
    if declaration.tagging is not None and "tagsAll" in schema.outputs:
        outputs["tagsAll"] = declaration.tagging.read(context, item)
    if "region" in schema.outputs:
        outputs["region"] = context.region
    return outputs


def _extra_outputs(
    extra_read: ExtraRead, declaration: EmulatedType, context: OperationContext, schema: ResourceSchema
) -> Properties:
    if extra_read.args is not None:
        args = extra_read.args(context)
    else:
        args = _id_arguments(declaration, ApiCall(extra_read.name), context)
    try:
        response = context.call(extra_read.name, args, service=extra_read.service, pages=True)
    except AwsError as error:
        if not error.is_missing:
            raise
        return {name: extra_read.when_missing.get(name) for name in extra_read.outputs}
    return {
        name: _evaluate(source, context, response, schema.outputs[name], declaration)
        for name, source in extra_read.outputs.items()
    }


def _evaluate(
    source: str | OutputFunction, context: OperationContext, item: Any, shape: PropertySchema, declaration: EmulatedType
) -> Any:
    if callable(source):
        return source(context, item)
    return from_aws(shape, search(source, item), declaration.names)
