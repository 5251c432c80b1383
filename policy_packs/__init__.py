"""CrossGuard policy packs: what a resource must be before it exists."""
