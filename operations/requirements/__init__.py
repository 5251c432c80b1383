"""Which resource, by which property, meets which sentence of the operations document."""
