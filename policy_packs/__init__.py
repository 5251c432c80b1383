"""CrossGuard policy packs: rules that a resource must meet before it is created."""
