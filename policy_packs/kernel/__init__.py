"""What the policy packs share: the view of a resource, the registry of rules, the judge and the analyzer host."""
