"""CloudTrail, its alarms, AWS Config, threat detection and security defaults."""
