"""Cost pack: limits on machine prices and on the monthly cost of a stack.

Budgets come from the stack's configuration (see `configured_budgets`).
"""
