"""Argo CD of a cluster: release, projects and root Application."""
