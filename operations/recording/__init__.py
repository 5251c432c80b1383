"""Resource graph of a program, recorded without an engine or a cloud.

`record(environment)` runs the program on Pulumi's mocks in a separate process and returns a `Graph` of `Node`s.
`comparison` compares two graphs; `revisions` records the graphs of another Git revision.
"""

from operations.recording.graph import PROJECT, Graph, Node, RecordingError, record, short

__all__ = ["PROJECT", "Graph", "Node", "RecordingError", "record", "short"]
