"""Where AWS services tell that something went wrong."""
