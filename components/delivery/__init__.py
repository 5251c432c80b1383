"""Where a team's services run, and how a new version reaches its users."""
