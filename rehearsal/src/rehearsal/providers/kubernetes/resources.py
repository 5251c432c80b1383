"""Resources of one configured `kubernetes` provider."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from rehearsal.providers.kubernetes import validation
from rehearsal.providers.kubernetes.api import Api
from rehearsal.providers.kubernetes.differences import compare, replacing_fields
from rehearsal.providers.kubernetes.errors import ApiStatusError, UnknownKindError, UnreachableError
from rehearsal.providers.kubernetes.kubeconfig import ClusterRegistry, Connection, NoClusterError, connection
from rehearsal.providers.kubernetes.naming import CLUSTER_SCOPED, ensure_name, field_manager
from rehearsal.providers.kubernetes.objects import (
    DELETION_PROPAGATION,
    FIELD_MANAGER,
    PATCH_FIELD_MANAGER,
    PATCH_FORCE,
    WAIT_FOR,
    GroupVersionKind,
    Object,
    ObjectRef,
    annotation,
    is_patch,
    split_id,
    to_object,
    to_properties,
    value_at,
)
from rehearsal.providers.kubernetes.ownership import are_manual_edits, takeover_patch
from rehearsal.providers.kubernetes.projection import imported_inputs, project
from rehearsal.providers.kubernetes.wait_for import parse_wait_for
from rehearsal.providers.kubernetes.waiting import (
    NotReadyError,
    retry_if_stale,
    retry_until_found,
    wait_until_deleted,
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
class ProviderSettings:
    """Configuration of one provider instance."""

    kubeconfig: Any = None
    """Kubeconfig as YAML or JSON text, or its path. May be unknown."""
    context: str = ""
    cluster: str = ""
    namespace: str = ""
    mutable: frozenset[str] = frozenset()
    """Kinds (Secret, ConfigMap) whose content is updated in place."""
    force: bool = False
    """True to take over fields that other field managers own."""
    upsert: bool = False
    """True to adopt an existing object in a create operation."""
    delete_unreachable: bool = False
    """True to treat the objects of an unreachable cluster as deleted."""


class ConfiguredKubernetes:
    """Provider instance for a cluster that may not exist yet."""

    def __init__(
        self,
        settings: ProviderSettings,
        clusters: ClusterRegistry,
        schemas: SdkSchemas,
        client: Callable[[Connection], Api],
    ) -> None:
        self._settings = settings
        self._clusters = clusters
        self._schemas = schemas
        self._client = client

    def check(self, request: CheckRequest) -> CheckResult:
        """Fill in apiVersion, kind, name and namespace, and report unknown fields.

        The API server validates the values of the fields.
        """
        token, inputs = request.urn.type, dict(request.inputs)
        if failures := validation.unsupported_features(token, inputs):
            return CheckResult(inputs, failures)
        gvk = GroupVersionKind.of_token(token)
        inputs = {"apiVersion": gvk.api_version, "kind": gvk.kind} | inputs
        failures = [*self._unknown_fields(token, inputs), *_bad_wait_for(inputs)]
        if request.autonaming is Autonaming.DISABLE:
            if not value_at(inputs, "metadata", "name"):
                failures.append(CheckFailure("metadata.name", "required, because autonaming is disabled"))
        else:
            inputs = ensure_name(inputs, request)
        return CheckResult(self._in_namespace(inputs), failures)

    def diff(self, old: ResourceState, inputs: Properties) -> DiffResult:
        """Compare the inputs of the last update with the new inputs."""
        new = to_object(inputs)
        patched = is_patch(old.urn.type, inputs)
        replacing = _PATCH_IDENTITY if patched else replacing_fields(new, self._settings.mutable)
        return compare(to_object(old.inputs), new, replacing)

    def create(self, urn: Urn, inputs: Properties, timeout: float) -> CreateResult:
        """Apply a new object and wait until it is ready.

        Reject an existing object unless `upsert` is set.
        """
        api, body, manager = self._api(), to_object(inputs), _manager(urn, inputs)
        adopting = self._settings.upsert or is_patch(urn.type, inputs)

        def apply() -> Object:
            if not adopting and api.get(self._located(api, body)) is not None:
                raise ProviderError(
                    f"{ObjectRef.of(body)} already exists: import it, choose another name, "
                    "or set upsertExistingObjects on the provider to adopt it"
                )
            return self._apply(api, body, manager)

        applied = retry_until_found(apply)
        live = self._ready(api, applied, body, inputs=inputs, manager=manager, timeout=timeout)
        return CreateResult(ObjectRef.of(live).id, _outputs(live, manager))

    def preview_create(self, urn: Urn, inputs: Properties) -> Properties:
        """Return the result of a dry run of the API server.

        Return the inputs unchanged if no dry run is possible.
        """
        api = self._reachable()
        if api is None or is_unknown(inputs) or is_patch(urn.type, inputs):
            return dict(inputs)
        return self._dry_run(api, to_object(inputs), inputs, _manager(urn, inputs), new=True)

    def update(self, old: ResourceState, inputs: Properties, timeout: float) -> Properties:
        """Take over manual edits, apply the inputs and wait until the object is ready."""
        api, body, manager = self._api(), to_object(inputs), _manager(old.urn, inputs)
        self._existing(api, old)
        if not is_patch(old.urn.type, inputs):
            retry_if_stale(lambda: self._take_over(api, old, manager))
        applied = self._apply(api, body, manager)
        live = self._ready(api, applied, body, inputs=inputs, manager=manager, timeout=timeout)
        old_manager = old.outputs.get(FIELD_MANAGER, manager)
        if old_manager != manager:
            live = self._apply(api, _bare(live), old_manager)
        return _outputs(live, manager)

    def preview_update(self, old: ResourceState, inputs: Properties) -> Properties:
        """Return the result of a dry run of the API server.

        Return the inputs unchanged if no dry run is possible.
        """
        api = self._reachable()
        if api is None or is_unknown(inputs):
            return dict(inputs)
        self._existing(api, old)
        return self._dry_run(api, to_object(inputs), inputs, _manager(old.urn, inputs), new=False)

    def read(self, resource: ResourceState) -> ReadResult | None:
        """Read the live object and derive its inputs.

        The inputs of an imported object are the fields that people and programs set.
        """
        try:
            api = self._api()
            live = api.get(_object_ref(resource))
        except (NoClusterError, UnreachableError) as error:
            if self._settings.delete_unreachable:
                return None
            raise ProviderError(
                f"{error}; set deleteUnreachable on the provider to drop its objects from the state"
            ) from error
        if live is None:
            return None
        last_inputs = to_object(resource.inputs)
        inputs = project(live, last_inputs) if last_inputs else imported_inputs(live)
        manager = resource.outputs.get(FIELD_MANAGER) or _manager(resource.urn, resource.inputs)
        return ReadResult(resource.id or ObjectRef.of(live).id, to_properties(inputs), _outputs(live, manager))

    def delete(self, resource: ResourceState, timeout: float) -> None:
        """Delete the object and its dependants, and wait until they are deleted.

        For a `*Patch` resource, the object stays and only the patch's fields are released.
        """
        inputs = to_object(resource.inputs)
        try:
            api = self._api()
            live = api.get(_object_ref(resource))
        except (NoClusterError, UnreachableError) as error:
            if self._settings.delete_unreachable:
                return
            raise ProviderError(
                f"{error}; set deleteUnreachable on the provider to drop its objects from the state"
            ) from error
        if live is None:
            return
        if is_patch(resource.urn.type, inputs):
            self._relinquish(api, live, resource.outputs.get(FIELD_MANAGER) or _manager(resource.urn, inputs))
            return
        self._remove(api, live, inputs, timeout)

    def invoke(self, token: str, args: Properties) -> Properties:
        """Run `kubernetes:yaml:decode`, the only supported function.

        It needs no cluster.
        """
        if token != "kubernetes:yaml:decode":  # noqa: S105  # the name of a function
            raise ProviderError(f"{token} is not supported by the emulated provider")
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
            return []  # a custom resource, which the API server validates
        return validation.unknown_fields(schema, inputs)

    def _in_namespace(self, inputs: Properties) -> Properties:
        """Fill in the namespace of the provider if the program sets none.

        Cluster-scoped objects stay without a namespace.
        """
        metadata = inputs.get("metadata")
        if not isinstance(metadata, Mapping) or metadata.get("namespace"):
            return inputs
        api, namespace = None, self._settings.namespace
        try:
            target = self._connection()
            api, namespace = self._client(target), namespace or target.namespace
        except NoClusterError:
            pass  # without a cluster, CLUSTER_SCOPED decides
        if not namespace or not _namespaced(api, GroupVersionKind.of(inputs)):
            return inputs
        return {**inputs, "metadata": {**metadata, "namespace": namespace}}

    def _located(self, api: Api, body: Object) -> ObjectRef:
        ref = ObjectRef.of(body)
        if ref.namespace or not api.resource_type(ref.gvk).namespaced:
            return ref
        return ObjectRef(ref.gvk, "default", ref.name)

    def _existing(self, api: Api, old: ResourceState) -> Object:
        live = api.get(_object_ref(old))
        if live is None:
            raise ProviderError(f"{_object_ref(old)} no longer exists in the cluster: run `pulumi refresh` first")
        return live

    def _take_over(self, api: Api, old: ResourceState, manager: str) -> None:
        live = self._existing(api, old)
        if operations := takeover_patch(live, manager):
            api.patch(ObjectRef.of(live), operations)

    def _apply(self, api: Api, body: Object, manager: str, *, dry_run: bool = False, new: bool = False) -> Object:
        """Run server-side apply.

        A dry run overrides manual edits, because the update will take them over first.
        """
        forced = self._settings.force or annotation(body, PATCH_FORCE) == "true"
        try:
            return api.apply(body, manager, force=forced or (dry_run and new), dry_run=dry_run)
        except ApiStatusError as error:
            if not error.is_conflict:
                raise
            if dry_run and are_manual_edits(error.other_managers):
                return api.apply(body, manager, force=True, dry_run=True)
            raise ProviderError(
                f"{ObjectRef.of(body)}: server-side apply conflict with {', '.join(error.other_managers)}: {error}; "
                f'set the annotation {PATCH_FORCE}: "true" to take over the fields'
            ) from error

    def _dry_run(self, api: Api, body: Object, inputs: Properties, manager: str, *, new: bool) -> Properties:
        try:
            live = self._apply(api, body, manager, dry_run=True, new=new)
        except (UnknownKindError, UnreachableError):
            return dict(inputs)
        except ApiStatusError as error:
            if error.is_not_found:
                return dict(inputs)  # the namespace is created in the same update
            if new and _IMMUTABLE in str(error):
                return dict(inputs)  # the object will be replaced
            raise ProviderError(f"{ObjectRef.of(body)} would be rejected by the API server: {error}") from error
        live.pop("status", None)
        return _outputs(live, manager)

    def _ready(
        self, api: Api, applied: Object, body: Object, *, inputs: Properties, manager: str, timeout: float
    ) -> Object:
        try:
            live = wait_until_ready(api, applied, body, timeout)
        except NotReadyError as error:
            ref, outputs = ObjectRef.of(error.live), _outputs(error.live, manager)
            raise PartiallyCreatedError(ref.id, outputs, error.reasons, inputs) from error
        if live["kind"] == "CustomResourceDefinition":
            api.forget_types()
        return live

    def _relinquish(self, api: Api, live: Object, manager: str) -> None:
        try:
            self._apply(api, _bare(live), manager)
        except ApiStatusError as error:
            raise ProviderError(
                f"{ObjectRef.of(live)} requires a field that only this patch owns ({error}): "
                "set retain_on_delete, or let another manager own the field first"
            ) from error

    def _remove(self, api: Api, live: Object, inputs: Object, timeout: float) -> None:
        propagation = _PROPAGATION.get(annotation(inputs, DELETION_PROPAGATION).lower(), "Foreground")
        try:
            api.delete(ObjectRef.of(live), propagation)
        except ApiStatusError as error:
            if not error.is_not_found:
                raise
        wait_until_deleted(api, live, inputs, timeout)
        if live["kind"] == "CustomResourceDefinition":
            api.forget_types()


def _bad_wait_for(inputs: Mapping[str, Any]) -> list[CheckFailure]:
    text = annotation(inputs, WAIT_FOR)
    if not text or is_unknown(text):
        return []
    try:
        parse_wait_for(text)
    except ProviderError as error:
        return [CheckFailure(f'metadata.annotations["{WAIT_FOR}"]', str(error))]
    return []


def _namespaced(api: Api | None, gvk: GroupVersionKind) -> bool:
    if api is not None:
        try:
            return api.resource_type(gvk).namespaced
        except (UnknownKindError, UnreachableError):
            pass  # the same update creates the definition of this custom resource; most are namespaced
    return gvk.kind not in CLUSTER_SCOPED


def _manager(urn: Urn, inputs: Mapping[str, Any]) -> str:
    return annotation(inputs, PATCH_FIELD_MANAGER) or field_manager(urn.text)


def _object_ref(resource: ResourceState) -> ObjectRef:
    """Return the reference of a resource's object.

    The kind comes from the outputs, the inputs or the type token.
    """
    namespace, name = split_id(resource.id)
    body: Mapping[str, Any] = resource.outputs if resource.outputs.get("kind") else resource.inputs
    gvk = GroupVersionKind.of(body) if body.get("kind") else GroupVersionKind.of_token(resource.urn.type)
    return ObjectRef(gvk, namespace, name)


def _bare(live: Object) -> Object:
    """Return a copy of the object with only its kind and name.

    Applying the copy releases all other fields that the field manager owns.
    """
    metadata = {
        key: value_at(live, "metadata", key) for key in ("name", "namespace") if value_at(live, "metadata", key)
    }
    return {"apiVersion": live["apiVersion"], "kind": live["kind"], "metadata": metadata}


def _outputs(live: Object, manager: str) -> Properties:
    return {**to_properties(live), FIELD_MANAGER: manager}
