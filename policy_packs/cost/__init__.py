"""The cost pack: every environment has a ceiling for what it, its teams, its features and each resource may cost."""
