"""CloudWatch Logs: unique names of metric filters, and tags of deleted log groups."""

from typing import ClassVar

from moto.logs import metric_filters, models
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


class LogsBackend(models.LogsBackend):
    """Backend that deletes the tags of a log group when it deletes the group."""

    original: ClassVar[type[models.LogsBackend]]

    @override
    def delete_log_group(self, log_group_name: str) -> None:
        group = self.groups.get(log_group_name)
        LogsBackend.original.delete_log_group(self, log_group_name)
        if group is not None:
            self.tagger.delete_all_tags_for_resource(group.arn)


def install(patches: Patches) -> None:
    """Patch moto's CloudWatch Logs."""
    patches.install(MetricFilters)
    patches.install(LogsBackend)


MOTO_PATCHES = (
    MotoPatch(
        name="logs-deleted-group-tags",
        moto="keeps the tags of a deleted log group, and a new group of the same name gets them",
        aws="deletes the tags too",
        source="CloudWatch Logs DeleteLogGroup, ListTagsForResource",
        upstream="to file: Logs: Delete tags in DeleteLogGroup",
    ),
    MotoPatch(
        name="logs-metric-filter",
        moto="adds a second metric filter of the same name",
        aws="replaces the existing filter",
        source="CloudWatch Logs PutMetricFilter",
        upstream="to file: Logs: Replace the filter of the same name in PutMetricFilter",
    ),
)
