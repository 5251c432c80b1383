"""Markers, limits and keys agree with those of Pulumi's own Python SDK."""

import inspect
import re

from pulumi import automation
from pulumi.runtime import rpc, settings

from pulumi_wire.limits import GRPC_OPTIONS, MAX_MESSAGE_BYTES
from pulumi_wire.markers import OUTPUT, SECRET, SIGNATURE, UNKNOWN_SENTINELS, UNKNOWN_STRING
from pulumi_wire.stack_file import ENGINE_KEYS
from pulumi_wire.structs import to_struct


def test_signatures_are_those_of_the_sdk() -> None:
    assert rpc._special_sig_key == SIGNATURE
    assert rpc._special_secret_sig == SECRET
    assert rpc._special_output_value_sig == OUTPUT


def test_the_unknown_string_is_that_of_the_sdk() -> None:
    assert UNKNOWN_STRING == rpc.UNKNOWN
    assert UNKNOWN_STRING in UNKNOWN_SENTINELS


def test_each_type_has_a_sentinel_of_its_own() -> None:
    assert len(UNKNOWN_SENTINELS) == 7
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value) for value in UNKNOWN_SENTINELS)


def test_the_sdk_decodes_the_sentinel_as_unknown() -> None:
    decoded = rpc.deserialize_properties(to_struct({"arn": UNKNOWN_STRING}), keep_unknowns=True)
    assert rpc.contains_unknowns(decoded)


def test_the_sdk_decodes_the_secret_signature_as_a_secret() -> None:
    decoded = rpc.deserialize_properties(to_struct({"password": {SIGNATURE: SECRET, "value": "x"}}))
    assert rpc.is_rpc_secret(decoded["password"])
    assert rpc.unwrap_rpc_secret(decoded["password"]) == "x"


def test_the_message_limit_is_that_of_the_sdk() -> None:
    assert dict(vars(settings)["_GRPC_CHANNEL_OPTIONS"])["grpc.max_receive_message_length"] == MAX_MESSAGE_BYTES
    assert {option: MAX_MESSAGE_BYTES for option, _ in GRPC_OPTIONS} == dict(GRPC_OPTIONS)


def test_the_engines_keys_are_those_of_a_stack_file() -> None:
    attributes = inspect.signature(automation.StackSettings).parameters.keys() - {"config"}
    assert set(ENGINE_KEYS) == {name.replace("_", "") for name in attributes}
