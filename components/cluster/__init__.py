"""EKS clusters, node groups, add-ons and pod identities."""
