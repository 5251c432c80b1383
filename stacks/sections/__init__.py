"""Groups of keys in `Pulumi.<env>.yaml`, by the layer that reads them."""
