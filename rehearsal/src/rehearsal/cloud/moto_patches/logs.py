"""CloudWatch Logs: unique names of metric filters."""

from typing import ClassVar

from moto.logs import metric_filters
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches


class MetricFilters(metric_filters.MetricFilters):
    """Metric filters that replace an existing filter of the same name and log group."""

    original: ClassVar[type[metric_filters.MetricFilters]]

    @override
    def add_filter(
        self, filter_name: str, filter_pattern: str, log_group_name: str, metric_transformations: str
    ) -> None:
        self.delete_filter(filter_name, log_group_name)
        MetricFilters.original.add_filter(self, filter_name, filter_pattern, log_group_name, metric_transformations)


def install(patches: Patches) -> None:
    """Patch moto's CloudWatch Logs."""
    patches.install(MetricFilters)


MOTO_PATCHES = (
    MotoPatch(
        name="logs-metric-filter",
        moto="adds a second metric filter of the same name",
        aws="replaces the existing filter",
        source="CloudWatch Logs PutMetricFilter",
        upstream="to file: Logs: Replace the filter of the same name in PutMetricFilter",
    ),
)
