"""LanguageRuntime service: runs Python programs and plugins for the engine."""

import json
import os
import queue
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent import futures
from importlib import metadata
from pathlib import Path
from typing import IO, Any

import grpc
from pulumi.runtime.proto import LanguageRuntimeServicer, language_pb2, language_pb2_grpc, plugin_pb2

from pulumi_wire.limits import GRPC_OPTIONS
from rehearsal.language_host.fork_client import Launch, Run, start
from rehearsal.peer import PeerInterceptor

RUNNER = Path(__file__).with_name("run_program.py")
TIMES = "REHEARSAL_PROGRAM_TIMES"
BAIL = 32
"""Exit code of a program that has reported its error to the engine, as in the official host."""


def serve(engine: str) -> tuple[grpc.Server, int]:
    """Start the service on a free loopback port.

    `engine` is the engine's address from the command line.
    """
    server = grpc.server(
        futures.ThreadPoolExecutor(16),
        options=list(GRPC_OPTIONS),
        interceptors=[PeerInterceptor()],
    )
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(PythonHost(engine), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


class PythonHost(LanguageRuntimeServicer):
    """Runs programs in the virtual environment set in Pulumi.yaml, else in its own."""

    def __init__(self, engine: str) -> None:
        self._engine = engine

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802  # gRPC's signature
        """Store the engine's address; not every version of the engine calls this."""
        self._engine = request.engine_address or self._engine
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802  # gRPC's signature
        """Return the version of the SDK that programs run with."""
        return plugin_pb2.PluginInfo(version=metadata.version("pulumi"))

    def GetRequiredPackages(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802  # gRPC's signature
        """Return nothing to download: every provider is on PATH."""
        return language_pb2.GetRequiredPackagesResponse()

    def GetRequiredPlugins(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802  # gRPC's signature
        """Return nothing to download, for older engines."""
        return language_pb2.GetRequiredPluginsResponse()

    def About(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802  # gRPC's signature
        """Return the Python interpreter, for `pulumi about`."""
        return language_pb2.AboutResponse(executable=sys.executable, version=sys.version.split()[0])

    def GetProgramDependencies(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802  # gRPC's signature
        """Return every installed package, for `pulumi about`."""
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[
                language_pb2.DependencyInfo(name=item.name, version=item.version) for item in metadata.distributions()
            ]
        )

    def Run(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802  # gRPC's signature
        """Run a Pulumi program to its end.

        The program writes to the standard output of this process.
        """
        environment = dict(os.environ)
        environment["PULUMI_CONFIG"] = json.dumps(dict(request.config))
        environment["PULUMI_CONFIG_SECRET_KEYS"] = json.dumps(list(request.configSecretKeys))
        python, *arguments = self._command(request)
        with Path(os.devnull).open() as null:
            program = start(Launch(python, arguments, environment, str(Path.cwd())), (null.fileno(), 1, 2))
        context.add_callback(program.end)
        code = _wait(program)
        if code == 0:
            return language_pb2.RunResponse()
        if code == BAIL:
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse(error=f"Program exited with non-zero exit code: {code}")

    def _command(self, request: Any) -> list[str]:
        info = request.info
        options = {
            "--monitor": request.monitor_address,
            "--engine": self._engine,
            "--project": request.project,
            "--stack": request.stack,
            "--organization": request.organization,
            "--root-directory": info.root_directory,
            "--parallel": str(request.parallel),
        }
        flags = [part for option, value in options.items() for part in (option, value)]
        if request.dryRun:
            flags.append("--dry-run")
        entry = Path(info.program_directory, info.entry_point)
        return [_python(info), str(RUNNER), *flags, str(entry), *request.args]

    def RunPlugin(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:  # noqa: N802  # gRPC's signature
        """Run a Python plugin (policy pack, component provider) and stream its output."""
        entry = str(Path(request.info.program_directory, request.info.entry_point))
        runner = ["-m", "pulumi.policy", *request.args, entry] if request.kind == "analyzer" else [entry, *request.args]
        environment = dict(pair.split("=", 1) for pair in request.env)
        launch = Launch(_python(request.info), runner, environment, request.pwd or str(Path.cwd()))
        streams = {name: os.pipe() for name in ("stdout", "stderr")}
        with Path(os.devnull).open() as null:
            try:
                plugin = start(launch, (null.fileno(), *(writing for _, writing in streams.values())))
            finally:
                for _, writing in streams.values():
                    os.close(writing)
        context.add_callback(plugin.end)
        for stream, chunk in _output({name: os.fdopen(reading, "rb") for name, (reading, _) in streams.items()}):
            yield language_pb2.RunPluginResponse(**{stream: chunk})  # type: ignore[arg-type]  # a oneof by name
        yield language_pb2.RunPluginResponse(exitcode=plugin.wait().code)


def _python(info: Any) -> str:
    """Return the interpreter of the project's virtual environment, or this one.

    Resolves symbolic links in the project's path. Otherwise Python, which removes `..` without following links, would
    not find the virtual environment.
    """
    virtualenv = dict(info.options).get("virtualenv")
    if virtualenv:
        python = Path(info.root_directory).resolve() / virtualenv / "bin" / "python"
        if python.exists():
            return str(python)
    return sys.executable


def _wait(program: Run) -> int:
    """Wait for the program; record its processor time for the rehearsal's summary."""
    ended = program.wait()
    if path := os.environ.get(TIMES):
        with Path(path).open("a") as file:
            file.write(json.dumps({"processor_seconds": ended.processor_seconds}) + "\n")
    return ended.code


def _output(streams: Mapping[str, IO[bytes]]) -> Iterator[tuple[str, bytes]]:
    """Yield chunks of all streams as they arrive, until every stream has ended."""
    chunks: queue.SimpleQueue[tuple[str, bytes] | None] = queue.SimpleQueue()

    def pump(name: str, stream: IO[bytes]) -> None:
        with stream:
            while chunk := stream.read1(65536):  # type: ignore[attr-defined]  # a BufferedReader, as every pipe is
                chunks.put((name, chunk))
        chunks.put(None)

    for name, stream in streams.items():
        threading.Thread(target=pump, args=(name, stream), daemon=True).start()
    open_streams = len(streams)
    while open_streams:
        item = chunks.get()
        if item is None:
            open_streams -= 1
        else:
            yield item
