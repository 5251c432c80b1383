"""`ops cost`: what an environment costs, and the data that the cost pack judges by."""
