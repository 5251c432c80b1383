"""Budgets, anomaly alerts and cost allocation."""
