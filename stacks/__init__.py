"""What an environment of the platform is made of: its settings and its layers."""
