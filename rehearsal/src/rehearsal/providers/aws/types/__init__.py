"""Emulated AWS resource types: one module per AWS service.

Each module is named after its botocore service (`elbv2`, `ce`, `config`) and contains a tuple `TYPES` of declarations.
EC2 is split by topic (`ec2_vpc`, `ec2_security_groups`). Every module of this package is loaded, so a new type needs no
registration.

`rehearsal/docs/add-an-aws-type.md` shows how to add a type. `rehearsal.providers.aws.table` documents the fields of a
declaration.
"""

import importlib
import pkgutil
from collections.abc import Mapping

from rehearsal.providers.aws.table import EmulatedType, RecordedType


def _load_types() -> dict[str, EmulatedType | RecordedType]:
    types: dict[str, EmulatedType | RecordedType] = {}
    for module_info in pkgutil.iter_modules(__path__):
        declarations: tuple[EmulatedType | RecordedType, ...]
        declarations = importlib.import_module(f"{__name__}.{module_info.name}").TYPES
        for declaration in declarations:
            for token in declaration.tokens:
                if token in types:
                    raise ValueError(f"{token} is declared twice, the second time in types/{module_info.name}.py")
                types[token] = declaration
    return types


TABLE: Mapping[str, EmulatedType | RecordedType] = _load_types()
"""Type token → declaration."""
