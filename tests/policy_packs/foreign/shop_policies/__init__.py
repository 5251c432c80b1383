"""Policy pack of a web shop: an example for other projects."""
