"""Facts about budgets."""

from tests.stacks.graph import Graph


def test_budgets_of_all_environments_stay_within_the_documents(
    dev: Graph, staging: Graph, preprod: Graph, prod: Graph
) -> None:
    limits = [int(graph.one("budgets.Budget")["limitAmount"]) for graph in (dev, staging, preprod, prod)]
    assert sum(limits) == 120_000


def test_notices_go_out_before_at_and_a_fifth_above_the_budget(any_environment: Graph) -> None:
    budget = any_environment.one("budgets.Budget")
    actual = [each["threshold"] for each in budget["notifications"] if each["notificationType"] == "ACTUAL"]
    assert actual == [80, 100, 120]
    assert all(each["subscriberEmailAddresses"] for each in budget["notifications"])


def test_a_budget_counts_its_own_environment_alone(any_environment: Graph) -> None:
    budget = any_environment.one("budgets.Budget")
    environment = any_environment.exports["environment"]
    assert budget["costFilters"] == [{"name": "TagKeyValue", "values": [f"user:environment${environment}"]}]
