"""Size limit of one gRPC message between the engine and its plugins."""

from typing import Final

MAX_MESSAGE_BYTES: Final = 400 * 1024 * 1024
"""The engine's own limit (sdk/go/common/util/rpcutil of pulumi/pulumi). A message holds all resources of a stack."""
GRPC_OPTIONS: Final = (
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
)
"""Channel and server options that apply the limit in both directions."""
