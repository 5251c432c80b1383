"""VPCs, subnets, endpoints, security groups and peering."""
