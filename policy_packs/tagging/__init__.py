"""The tagging pack: every resource says who pays for it, who owns it and which data it holds."""
