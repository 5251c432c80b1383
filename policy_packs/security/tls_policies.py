"""Security policies of Elastic Load Balancing that refuse TLS 1.0 and 1.1."""

MODERN_TLS_PREFIXES = ("ELBSecurityPolicy-TLS13-1-2-", "ELBSecurityPolicy-TLS13-1-3-", "ELBSecurityPolicy-FS-1-2-")
"""Name prefixes of these policies (docs.aws.amazon.com, "Security policies for your Application Load Balancer")."""
