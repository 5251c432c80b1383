"""Access matrix: permissions in AWS, Kubernetes and Vault, read from the program."""
