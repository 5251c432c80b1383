"""SNS topics to which AWS services publish failures."""
