"""Who may do what in AWS, Kubernetes and Vault, read off what an environment's program registers."""
