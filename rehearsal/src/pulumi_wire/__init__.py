"""Wire format of the engine: markers in property values, limits, file keys.

The policy kernel and the rehearsal share these modules, because both communicate with the engine:

- `markers`: sentinels of unknown values and the signatures of secrets and outputs.
- `structs`: conversion between protobuf Structs and plain values.
- `limits`: the size limit of one gRPC message.
- `stack_file`: the keys that the engine itself writes into `Pulumi.<stack>.yaml`.
"""
