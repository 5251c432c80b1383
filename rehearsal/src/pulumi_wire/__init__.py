"""Wire format of the Pulumi engine: markers in property values, limits and file keys.

The policy kernel and the rehearsal both speak to the engine. What they must agree on is here, once:

- `markers`: sentinels of unknown values and the signatures of secrets and outputs.
- `structs`: protobuf Structs to plain values and back.
- `limits`: the size limit of one gRPC message.
- `stack_file`: the keys that the engine itself writes into `Pulumi.<stack>.yaml`.
"""
