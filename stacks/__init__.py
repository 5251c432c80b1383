"""The Pulumi program of one environment: settings and layers."""
