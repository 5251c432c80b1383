"""Teams' namespaces, permissions and blue-green services."""
