# ruff: noqa: N802, ARG002  # the plugin protocol prescribes the methods and their arguments
"""gRPC server that implements Pulumi's plugin protocol for an emulated `Provider`."""

import json
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from concurrent import futures
from threading import Lock
from typing import Any, NoReturn, TypeVar

import grpc
from google.protobuf import any_pb2, empty_pb2
from google.protobuf.message import Message
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from pulumi_wire.limits import GRPC_OPTIONS
from pulumi_wire.structs import from_struct, to_struct
from rehearsal.peer import PeerInterceptor
from rehearsal.providers.busy_timer import BusyTimer
from rehearsal.providers.ignore_changes import restore_ignored, without_ignored
from rehearsal.providers.journal import Journal, JournalEvent
from rehearsal.providers.protocol import (
    Autonaming,
    ChangeKind,
    CheckRequest,
    CheckResult,
    ConfiguredProvider,
    DiffResult,
    PartialFailureError,
    PartiallyCreatedError,
    PropertyChange,
    Provider,
    ProviderError,
    ResourceState,
    Urn,
)
from rehearsal.providers.values import Properties

log = logging.getLogger(__name__)

THREADS = 32
MAX_CONNECTIONS = 1024
"""Number of connections whose configuration is kept. Older connections were closed long ago."""

Response = TypeVar("Response", bound=Message)

_DIFF_KINDS = {
    (ChangeKind.ADD, False): provider_pb2.PropertyDiff.ADD,
    (ChangeKind.ADD, True): provider_pb2.PropertyDiff.ADD_REPLACE,
    (ChangeKind.DELETE, False): provider_pb2.PropertyDiff.DELETE,
    (ChangeKind.DELETE, True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    (ChangeKind.UPDATE, False): provider_pb2.PropertyDiff.UPDATE,
    (ChangeKind.UPDATE, True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}
_AUTONAMING = {
    provider_pb2.CheckRequest.AutonamingOptions.PROPOSE: Autonaming.PROPOSE,
    provider_pb2.CheckRequest.AutonamingOptions.ENFORCE: Autonaming.ENFORCE,
    provider_pb2.CheckRequest.AutonamingOptions.DISABLE: Autonaming.DISABLE,
}


def serve(provider: Provider, *, journal: Journal, busy_timer: BusyTimer, port: int = 0) -> tuple[grpc.Server, int]:
    """Serve a provider on localhost.

    Return the running server and its port. Port 0 selects a free port.

    Raises:
        RuntimeError: the port is in use.
    """
    server = grpc.server(
        futures.ThreadPoolExecutor(THREADS, thread_name_prefix=f"provider-{provider.name}"),
        options=list(GRPC_OPTIONS),
        interceptors=[PeerInterceptor()],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(provider, journal, busy_timer), server)
    bound = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    return server, bound


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """gRPC service of one emulated provider for all engines.

    Each connection has a separate configuration.
    """

    def __init__(self, provider: Provider, journal: Journal, busy_timer: BusyTimer) -> None:
        self._provider = provider
        self._journal = journal
        self._busy_timer = busy_timer
        self._configured: OrderedDict[str, ConfiguredProvider] = OrderedDict()
        self._lock = Lock()

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.ProviderHandshakeResponse:
        """Announce support for autonaming, but not for secrets and resource references."""
        return self._respond(
            context,
            "Handshake",
            lambda: provider_pb2.ProviderHandshakeResponse(supports_autonaming_configuration=True),
        )

    def Attach(self, request: Any, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Accept an engine that attaches to the port instead of starting a plugin process."""
        return self._respond(context, "Attach", empty_pb2.Empty)

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Return the provider's version: that of the installed `pulumi_<package>` SDK."""
        return self._respond(context, "GetPluginInfo", lambda: plugin_pb2.PluginInfo(version=self._provider.version))

    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.GetSchemaResponse:
        """Return a schema with only name and version, because programs have their own SDK."""
        schema = json.dumps({"name": self._provider.name, "version": self._provider.version})
        return self._respond(context, "GetSchema", lambda: provider_pb2.GetSchemaResponse(schema=schema))

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        """Validate the provider's configuration."""
        return self._respond(
            context, "CheckConfig", lambda: _check_response(self._provider.check_config(from_struct(request.news)))
        )

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        """Compare configurations. A change never replaces the provider."""
        return self._respond(context, "DiffConfig", lambda: _config_diff(request))

    def Configure(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.ConfigureResponse:
        """Configure the provider for this connection."""

        def configure() -> provider_pb2.ConfigureResponse:
            configured = self._provider.configure(_configuration(request))
            with self._lock:
                self._configured[context.peer()] = configured
                self._configured.move_to_end(context.peer())
                while len(self._configured) > MAX_CONNECTIONS:
                    self._configured.popitem(last=False)
            return provider_pb2.ConfigureResponse(supportsPreview=True, supports_autonaming_configuration=True)

        return self._respond(context, "Configure", configure)

    def Check(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        """Validate and complete a resource's inputs."""

        def check() -> provider_pb2.CheckResponse:
            check_request = CheckRequest(
                urn=Urn(request.urn),
                old_inputs=from_struct(request.olds),
                inputs=from_struct(request.news),
                random_seed=request.randomSeed,
                proposed_name=request.autonaming.proposed_name,
                autonaming=_AUTONAMING[request.autonaming.mode],
            )
            return _check_response(self._for(context).check(check_request))

        return self._respond(context, "Check", check)

    def Diff(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        """Compare the inputs of the last update with the new inputs."""

        def diff() -> provider_pb2.DiffResponse:
            old, ignored = _last_state(request), list(request.ignoreChanges)
            new = restore_ignored(ignored, old.inputs, from_struct(request.news))
            return _diff_response(without_ignored(self._for(context).diff(old, new), ignored))

        return self._respond(context, "Diff", diff)

    def Create(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        """Create a resource, or preview its outputs."""
        urn, configured = Urn(request.urn), self._for

        def preview() -> provider_pb2.CreateResponse:
            outputs = configured(context).preview_create(urn, from_struct(request.properties))
            return provider_pb2.CreateResponse(properties=to_struct(outputs))

        def create() -> provider_pb2.CreateResponse:
            with self._journal.operation():
                try:
                    created = configured(context).create(urn, from_struct(request.properties), request.timeout)
                except PartiallyCreatedError as error:
                    self._journal.record(JournalEvent.CREATE, urn, error.id, error.outputs)
                    raise
                self._journal.record(JournalEvent.CREATE, urn, created.id, created.outputs)
            return provider_pb2.CreateResponse(id=created.id, properties=to_struct(created.outputs))

        if request.preview:
            return self._respond(context, "Create (preview)", preview)
        return self._respond(context, "Create", create)

    def Read(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        """Read the actual state.

        An empty response means that the resource no longer exists.
        """

        def read() -> provider_pb2.ReadResponse:
            resource = ResourceState(
                Urn(request.urn), request.id, from_struct(request.inputs), from_struct(request.properties)
            )
            live = self._for(context).read(resource)
            if live is None:
                return provider_pb2.ReadResponse()
            return provider_pb2.ReadResponse(
                id=live.id, properties=to_struct(live.outputs), inputs=to_struct(live.inputs)
            )

        return self._respond(context, "Read", read)

    def Update(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        """Update a resource in place, or preview its outputs."""

        def update() -> provider_pb2.UpdateResponse:
            old = _last_state(request)
            new = restore_ignored(request.ignoreChanges, old.inputs, from_struct(request.news))
            if request.preview:
                outputs = self._for(context).preview_update(old, new)
            else:
                with self._journal.operation():
                    outputs = self._for(context).update(old, new, request.timeout)
            return provider_pb2.UpdateResponse(properties=to_struct(outputs))

        return self._respond(context, "Update (preview)" if request.preview else "Update", update)

    def Delete(self, request: Any, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Delete a resource."""

        def delete() -> empty_pb2.Empty:
            urn = Urn(request.urn)
            resource = ResourceState(urn, request.id, from_struct(request.old_inputs), from_struct(request.properties))
            with self._journal.operation():
                self._for(context).delete(resource, request.timeout)
                self._journal.record(JournalEvent.DELETE, urn, request.id)
            return empty_pb2.Empty()

        return self._respond(context, "Delete", delete)

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.InvokeResponse:
        """Run a provider function."""

        def invoke() -> provider_pb2.InvokeResponse:
            response = provider_pb2.InvokeResponse()
            # The field is called `return`, which is a reserved word in Python.
            getattr(response, "return").CopyFrom(
                to_struct(self._for(context).invoke(request.tok, from_struct(request.args)))
            )
            return response

        return self._respond(context, "Invoke", invoke)

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Accept the request, but let running operations finish.

        After an interrupt, the engine waits for them.
        """
        return self._respond(context, "Cancel", empty_pb2.Empty)

    def _for(self, context: grpc.ServicerContext) -> ConfiguredProvider:
        with self._lock:
            configured = self._configured.get(context.peer())
        if configured is None:
            raise ProviderError(
                f"the emulated {self._provider.name} provider has no configuration for this connection; "
                "run the command again"
            )
        return configured

    def _respond(self, context: grpc.ServicerContext, method: str, work: Callable[[], Response]) -> Response:
        """Run and time one call, and convert exceptions to gRPC errors."""
        with self._busy_timer.measure():
            try:
                return work()
            except PartialFailureError as error:
                context.set_trailing_metadata((("grpc-status-details-bin", _partial_failure(error)),))
                _abort(context, str(error))
            except ProviderError as error:
                _abort(context, str(error))
            except Exception as error:
                log.exception("%s of the emulated %s provider failed", method, self._provider.name)
                _abort(
                    context,
                    f"internal error in the emulated {self._provider.name} provider during {method}: "
                    f"{type(error).__name__}: {error}; the traceback is in the rehearsal's log",
                )


def _abort(context: grpc.ServicerContext, message: str) -> NoReturn:
    """End the call with an error.

    Like errors of the real providers, it has the code UNKNOWN.
    """
    context.abort(grpc.StatusCode.UNKNOWN, message)
    raise AssertionError("abort always raises")


def _partial_failure(error: PartialFailureError) -> bytes:
    """Encode the error detail that makes the engine keep the resource in the state."""
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=error.id,
            properties=to_struct(error.outputs),
            reasons=error.reasons,
            inputs=to_struct(error.inputs),
        )
    )
    code: int = grpc.StatusCode.UNKNOWN.value[0]
    encoded: bytes = status_pb2.Status(code=code, message=str(error), details=[detail]).SerializeToString()
    return encoded


def _configuration(request: Any) -> Properties:
    """Return the inputs of the provider.

    They are in `args` or in the older field `variables`, whose names have the package as prefix (`aws:config:region`).
    """
    if request.HasField("args"):
        config = from_struct(request.args)
    else:
        config = {name.rsplit(":", 1)[-1]: value for name, value in request.variables.items()}
    return {name: _decoded(value) for name, value in config.items()}


def _decoded(value: Any) -> Any:
    """Decode a value that the engine sends as JSON text.

    Only objects, lists and booleans are decoded, because an account number or a numeric token must remain a string.
    """
    if not isinstance(value, str) or not (value[:1] in "{[" or value in ("true", "false")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _last_state(request: Any) -> ResourceState:
    return ResourceState(
        urn=Urn(request.urn),
        id=request.id,
        inputs=from_struct(request.old_inputs),
        outputs=from_struct(request.olds),
    )


def _check_response(result: CheckResult) -> provider_pb2.CheckResponse:
    failures = [
        provider_pb2.CheckFailure(property=failure.property, reason=failure.reason) for failure in result.failures
    ]
    return provider_pb2.CheckResponse(inputs=to_struct(result.inputs), failures=failures)


def _diff_response(difference: DiffResult) -> provider_pb2.DiffResponse:
    detailed = {
        change.path: provider_pb2.PropertyDiff(kind=_DIFF_KINDS[change.kind, change.replace], inputDiff=True)
        for change in difference.changes
    }
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if detailed else provider_pb2.DiffResponse.DIFF_NONE,
        diffs=_top_level(change.path for change in difference.changes),
        replaces=_top_level(change.path for change in difference.changes if change.replace),
        detailedDiff=detailed,
        hasDetailedDiff=True,
        deleteBeforeReplace=difference.delete_before_replace,
    )


def _top_level(paths: Iterable[str]) -> list[str]:
    """Return the distinct top-level properties of property paths."""
    return list(dict.fromkeys(path.split(".")[0].split("[")[0] for path in paths))


def _config_diff(request: Any) -> provider_pb2.DiffResponse:
    old, new = from_struct(request.old_inputs) or from_struct(request.olds), from_struct(request.news)
    return _diff_response(DiffResult(tuple(_changes(old, new))))


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[PropertyChange]:
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            kind = ChangeKind.ADD if name not in old else ChangeKind.DELETE if name not in new else ChangeKind.UPDATE
            yield PropertyChange(name, kind)
