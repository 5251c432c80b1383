"""What `ops policy` knows about the policy packs: their rules, examples, coverage and reports."""
