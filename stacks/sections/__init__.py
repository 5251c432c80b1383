"""The groups of keys in `Pulumi.<env>.yaml`, by the layers that read them."""
