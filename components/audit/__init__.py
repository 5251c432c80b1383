"""CloudTrail, its alarms, AWS Config, threat detection and account-wide security defaults."""
