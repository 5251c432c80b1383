"""What lets Argo CD work in a cluster, and what it may do there."""
