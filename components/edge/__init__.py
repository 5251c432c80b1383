"""The edge: DNS names, certificates, load balancers and web firewalls."""
