"""Resources of one configured `kubernetes` provider: check, preview by dry run, apply, wait, read back, remove."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from rehearsal.providers.kubernetes import validation
from rehearsal.providers.kubernetes.api import Api
from rehearsal.providers.kubernetes.differences import compare, replacing_fields
from rehearsal.providers.kubernetes.errors import RefusedError, UnknownKindError, UnreachableError
from rehearsal.providers.kubernetes.kubeconfig import Connection, Directory, NoClusterError, connection
from rehearsal.providers.kubernetes.naming import CLUSTER_SCOPED, field_manager, with_name
from rehearsal.providers.kubernetes.objects import (
    DELETION_PROPAGATION,
    FIELD_MANAGER,
    PATCH_FIELD_MANAGER,
    PATCH_FORCE,
    WAIT_FOR,
    GroupVersionKind,
    Identity,
    Object,
    annotation,
    dig,
    is_patch,
    split_id,
    to_object,
    to_properties,
)
from rehearsal.providers.kubernetes.ownership import overridable, takeover
from rehearsal.providers.kubernetes.projection import project, written
from rehearsal.providers.kubernetes.wait_for import parse
from rehearsal.providers.kubernetes.waiting import (
    NotReadyError,
    retry_missing,
    retry_stale,
    wait_until_gone,
    wait_until_ready,
)
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
from rehearsal.providers.schema import SdkSchemas, UnknownTypeError
from rehearsal.providers.values import Properties, is_unknown

_PATCH_IDENTITY = ("kind", "metadata.name", "metadata.namespace")

_IMMUTABLE = "field is immutable"

_PROPAGATION = {"orphan": "Orphan", "background": "Background"}


@dataclass(frozen=True)
class Settings:
    """Configuration of one provider instance."""

    kubeconfig: Any = None
    """YAML or JSON text, or a path; possibly not known yet."""
    context: str = ""
    cluster: str = ""
    namespace: str = ""
    mutable: frozenset[str] = frozenset()
    """Kinds (Secret, ConfigMap) whose content may change in place."""
    force: bool = False
    """Take over fields that other managers own."""
    upsert: bool = False
    """Creating an object that exists already adopts it."""
    delete_unreachable: bool = False
    """Objects of a cluster that doesn't answer count as gone."""


class KubernetesConfigured:
    """One provider instance, bound to a cluster that may not exist yet."""

    def __init__(
        self, settings: Settings, clusters: Directory, schemas: SdkSchemas, client: Callable[[Connection], Api]
    ) -> None:
        self._settings = settings
        self._clusters = clusters
        self._schemas = schemas
        self._client = client

    def check(self, request: CheckRequest) -> CheckResult:
        """Fill in apiVersion, kind, name and namespace; report unknown fields. Values are the API server's to judge."""
        token, inputs = request.urn.type, dict(request.inputs)
        if failures := validation.unsupported(token, inputs):
            return CheckResult(inputs, failures)
        kind = GroupVersionKind.of_token(token)
        inputs = {"apiVersion": kind.api_version, "kind": kind.kind} | inputs
        failures = [*self._unknown_fields(token, inputs), *_bad_wait_for(inputs)]
        if request.autonaming is Autonaming.DISABLE:
            if not dig(inputs, "metadata", "name"):
                failures.append(CheckFailure("metadata.name", "is needed, since automatic names are switched off"))
        else:
            inputs = with_name(inputs, request)
        return CheckResult(self._in_namespace(inputs), failures)

    def diff(self, old: ResourceState, inputs: Properties) -> DiffResult:
        """Compare what was written last with what is to be written."""
        new = to_object(inputs)
        patched = is_patch(old.urn.type, inputs)
        replacing = _PATCH_IDENTITY if patched else replacing_fields(new, self._settings.mutable)
        return compare(to_object(old.inputs), new, replacing)

    def create(self, urn: Urn, inputs: Properties, timeout: float) -> CreateResult:
        """Apply a new object and wait until it is usable; one that exists already is refused unless told otherwise."""
        api, body, manager = self._api(), to_object(inputs), _manager(urn, inputs)
        adopting = self._settings.upsert or is_patch(urn.type, inputs)

        def make() -> Object:
            if not adopting and api.get(self._located(api, body)) is not None:
                raise ProviderError(
                    f"{Identity.of(body)} already exists: import it, choose another name, "
                    "or set upsertExistingObjects on the provider to adopt it"
                )
            return self._apply(api, body, manager)

        applied = retry_missing(make)
        live = self._ready(api, applied, body, inputs=inputs, manager=manager, timeout=timeout)
        return CreateResult(Identity.of(live).id, _outputs(live, manager))

    def preview_create(self, urn: Urn, inputs: Properties) -> Properties:
        """What the API server would make of the object; the inputs as they are while it can't tell."""
        api = self._reachable()
        if api is None or is_unknown(inputs) or is_patch(urn.type, inputs):
            return dict(inputs)
        return self._dry_run(api, to_object(inputs), inputs, _manager(urn, inputs), new=True)

    def update(self, old: ResourceState, inputs: Properties, timeout: float) -> Properties:
        """Apply the new inputs to the object, take over what was edited by hand, and wait until it is usable again."""
        api, body, manager = self._api(), to_object(inputs), _manager(old.urn, inputs)
        self._existing(api, old)
        if not is_patch(old.urn.type, inputs):
            retry_stale(lambda: self._take_over(api, old, manager))
        applied = self._apply(api, body, manager)
        live = self._ready(api, applied, body, inputs=inputs, manager=manager, timeout=timeout)
        before = old.outputs.get(FIELD_MANAGER, manager)
        if before != manager:
            live = self._apply(api, _bare(live), before)
        return _outputs(live, manager)

    def preview_update(self, old: ResourceState, inputs: Properties) -> Properties:
        """What the API server would make of the update; the inputs as they are while it can't tell."""
        api = self._reachable()
        if api is None or is_unknown(inputs):
            return dict(inputs)
        self._existing(api, old)
        return self._dry_run(api, to_object(inputs), inputs, _manager(old.urn, inputs), new=False)

    def read(self, resource: ResourceState) -> ReadResult | None:
        """The live object, with the inputs as they are in it now; for an import, with what people wrote of it."""
        try:
            api = self._api()
            live = api.get(_identity(resource))
        except (NoClusterError, UnreachableError) as error:
            if self._settings.delete_unreachable:
                return None
            raise ProviderError(f"{error}; set deleteUnreachable on the provider to forget its objects") from error
        if live is None:
            return None
        wanted = to_object(resource.inputs)
        inputs = project(live, wanted) if wanted else written(live)
        manager = resource.outputs.get(FIELD_MANAGER) or _manager(resource.urn, resource.inputs)
        return ReadResult(resource.id or Identity.of(live).id, to_properties(inputs), _outputs(live, manager))

    def delete(self, resource: ResourceState, timeout: float) -> None:
        """Remove the object with its dependants and wait until it is gone; a patch only gives up its fields."""
        inputs = to_object(resource.inputs)
        try:
            api = self._api()
            live = api.get(_identity(resource))
        except (NoClusterError, UnreachableError) as error:
            if self._settings.delete_unreachable:
                return
            raise ProviderError(f"{error}; set deleteUnreachable on the provider to forget its objects") from error
        if live is None:
            return
        if is_patch(resource.urn.type, inputs):
            self._relinquish(api, live, resource.outputs.get(FIELD_MANAGER) or _manager(resource.urn, inputs))
            return
        self._remove(api, live, inputs, timeout)

    def invoke(self, token: str, args: Properties) -> Properties:
        """Only `kubernetes:yaml:decode`: it needs no cluster."""
        if token != "kubernetes:yaml:decode":  # noqa: S105  # a function's name
            raise ProviderError(f"{token} is not implemented by the emulated provider")
        documents = [document for document in yaml.safe_load_all(str(args.get("text", ""))) if document]
        return {"result": documents}

    def _api(self) -> Api:
        return self._client(self._connection())

    def _connection(self) -> Connection:
        settings = self._settings
        return connection(settings.kubeconfig, settings.context, settings.cluster, self._clusters)

    def _reachable(self) -> Api | None:
        try:
            return self._api()
        except NoClusterError:
            return None

    def _unknown_fields(self, token: str, inputs: Mapping[str, Any]) -> list[CheckFailure]:
        try:
            schema = self._schemas.get(token)
        except UnknownTypeError:
            return []  # a custom resource: the API server knows its schema
        return validation.unknown_fields(schema, inputs)

    def _in_namespace(self, inputs: Properties) -> Properties:
        """The inputs with the provider's namespace, if there is one, the kind has one, and the program gave none."""
        metadata = inputs.get("metadata")
        if not isinstance(metadata, Mapping) or metadata.get("namespace"):
            return inputs
        api, namespace = None, self._settings.namespace
        try:
            found = self._connection()
            api, namespace = self._client(found), namespace or found.namespace
        except NoClusterError:
            pass  # the table of kinds has to do
        if not namespace or not _namespaced(api, GroupVersionKind.of(inputs)):
            return inputs
        return {**inputs, "metadata": {**metadata, "namespace": namespace}}

    def _located(self, api: Api, body: Object) -> Identity:
        identity = Identity.of(body)
        if identity.namespace or not api.resource_type(identity.kind).namespaced:
            return identity
        return Identity(identity.kind, "default", identity.name)

    def _existing(self, api: Api, old: ResourceState) -> Object:
        live = api.get(_identity(old))
        if live is None:
            raise ProviderError(f"{_identity(old)} is gone from the cluster: run `pulumi refresh` first")
        return live

    def _take_over(self, api: Api, old: ResourceState, manager: str) -> None:
        live = self._existing(api, old)
        if operations := takeover(live, manager):
            api.patch(Identity.of(live), operations)

    def _apply(self, api: Api, body: Object, manager: str, *, dry_run: bool = False, new: bool = False) -> Object:
        """Server-side apply; a conflict with edits by hand is won in a dry run, as the takeover will in the update."""
        forced = self._settings.force or annotation(body, PATCH_FORCE) == "true"
        try:
            return api.apply(body, manager, force=forced or (dry_run and new), dry_run=dry_run)
        except RefusedError as error:
            if not error.is_conflict:
                raise
            if dry_run and overridable(error.other_managers):
                return api.apply(body, manager, force=True, dry_run=True)
            raise ProviderError(
                f"{Identity.of(body)}: server-side apply conflict with {', '.join(error.other_managers)}: {error}; "
                f'set the annotation {PATCH_FORCE}: "true" to take the fields over'
            ) from error

    def _dry_run(self, api: Api, body: Object, inputs: Properties, manager: str, *, new: bool) -> Properties:
        try:
            live = self._apply(api, body, manager, dry_run=True, new=new)
        except (UnknownKindError, UnreachableError):
            return dict(inputs)
        except RefusedError as error:
            if error.is_missing:
                return dict(inputs)  # its namespace will be made in the same update
            if new and _IMMUTABLE in str(error):
                return dict(inputs)  # it will replace the object of that name
            raise ProviderError(f"{Identity.of(body)} would be refused by the API server: {error}") from error
        live.pop("status", None)
        return _outputs(live, manager)

    def _ready(
        self, api: Api, applied: Object, body: Object, *, inputs: Properties, manager: str, timeout: float
    ) -> Object:
        try:
            live = wait_until_ready(api, applied, body, timeout)
        except NotReadyError as error:
            identity, outputs = Identity.of(error.live), _outputs(error.live, manager)
            raise PartiallyCreatedError(identity.id, outputs, error.reasons, inputs) from error
        if live["kind"] == "CustomResourceDefinition":
            api.forget_types()
        return live

    def _relinquish(self, api: Api, live: Object, manager: str) -> None:
        try:
            self._apply(api, _bare(live), manager)
        except RefusedError as error:
            raise ProviderError(
                f"{Identity.of(live)} needs a field that this patch owns, so the patch can't give it up ({error}): "
                "set retain_on_delete, or let another manager own the field first"
            ) from error

    def _remove(self, api: Api, live: Object, inputs: Object, timeout: float) -> None:
        propagation = _PROPAGATION.get(annotation(inputs, DELETION_PROPAGATION).lower(), "Foreground")
        try:
            api.delete(Identity.of(live), propagation)
        except RefusedError as error:
            if not error.is_missing:
                raise
        wait_until_gone(api, live, inputs, timeout)
        if live["kind"] == "CustomResourceDefinition":
            api.forget_types()


def _bad_wait_for(inputs: Mapping[str, Any]) -> list[CheckFailure]:
    text = annotation(inputs, WAIT_FOR)
    if not text or is_unknown(text):
        return []
    try:
        parse(text)
    except ProviderError as error:
        return [CheckFailure(f'metadata.annotations["{WAIT_FOR}"]', str(error))]
    return []


def _namespaced(api: Api | None, kind: GroupVersionKind) -> bool:
    if api is not None:
        try:
            return api.resource_type(kind).namespaced
        except (UnknownKindError, UnreachableError):
            pass  # a definition that comes with the same update: most have namespaces
    return kind.kind not in CLUSTER_SCOPED


def _manager(urn: Urn, inputs: Mapping[str, Any]) -> str:
    return annotation(inputs, PATCH_FIELD_MANAGER) or field_manager(urn.text)


def _identity(resource: ResourceState) -> Identity:
    """Which object a resource of the state is, by its id and, for the kind, what is known of it."""
    namespace, name = split_id(resource.id)
    known: Mapping[str, Any] = resource.outputs if resource.outputs.get("kind") else resource.inputs
    kind = GroupVersionKind.of(known) if known.get("kind") else GroupVersionKind.of_token(resource.urn.type)
    return Identity(kind, namespace, name)


def _bare(live: Object) -> Object:
    """An object with nothing but its identity; applying it gives up all fields."""
    metadata = {key: dig(live, "metadata", key) for key in ("name", "namespace") if dig(live, "metadata", key)}
    return {"apiVersion": live["apiVersion"], "kind": live["kind"], "metadata": metadata}


def _outputs(live: Object, manager: str) -> Properties:
    return {**to_properties(live), FIELD_MANAGER: manager}
