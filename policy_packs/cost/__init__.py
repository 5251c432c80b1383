"""The cost pack: every environment has a ceiling for what a resource may cost."""
