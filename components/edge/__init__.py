"""The edge: names, certificates, load balancers and web firewalls, all that stands between a browser and a cluster."""
