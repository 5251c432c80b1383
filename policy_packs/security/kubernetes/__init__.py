"""Rules on Kubernetes resources, one module per topic."""
