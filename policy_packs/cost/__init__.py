"""Cost pack: limits on the price of machines and the monthly cost of a stack, its teams and its features.

Budgets come from the stack's configuration (see `configured_budgets`).
"""
