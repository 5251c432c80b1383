"""`ops cost`: estimates of environments and the data of the cost pack."""
