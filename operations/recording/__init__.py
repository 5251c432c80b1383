"""What an environment's program would register, found out without an engine or a cloud.

`record(environment)` runs the program on Pulumi's mocks in a process of its own and returns a `Graph` of `Node`s.
"""

from operations.recording.graph import PROJECT, Graph, Node, RecordingError, record, short

__all__ = ["PROJECT", "Graph", "Node", "RecordingError", "record", "short"]
