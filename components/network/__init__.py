"""Networks: VPCs, their subnets and who may talk to whom."""
