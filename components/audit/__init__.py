"""CloudTrail, its alarms, AWS Config, threat detection, security defaults."""
