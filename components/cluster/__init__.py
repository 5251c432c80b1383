"""Kubernetes clusters and the machines they run on."""
