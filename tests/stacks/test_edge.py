"""DNS, certificates, load balancers and web firewalls of each environment."""

import json
from typing import Any

import pytest

from stacks.loading import load_file
from tests.stacks.graph import PROJECT, Graph, record
from tests.stacks.test_settings import _change, project

__all__ = ["project"]

SIDES = {"edge": ("us-east-1", ""), "edge-dr": ("us-west-2", "-dr")}
INGRESS = "alb.ingress.kubernetes.io"
TLS = "ELBSecurityPolicy-TLS13-1-2-2021-06"


def alias_names(graph: Graph) -> dict[str, list[Any]]:
    records: dict[str, list[Any]] = {}
    for name in graph.all("route53.Record"):
        if name["aliases"]:
            records.setdefault(name["name"], []).append(name)
    return records


@pytest.mark.parametrize(("environment", "balancers"), [("dev", 1), ("staging", 1), ("preprod", 2), ("prod", 2)])
def test_there_is_one_load_balancer_per_region(
    request: pytest.FixtureRequest, environment: str, balancers: int
) -> None:
    graph: Graph = request.getfixturevalue(environment)
    load_balancers = graph.all("lb.LoadBalancer")
    assert {balancer.name for balancer in load_balancers} == set(list(SIDES)[:balancers])
    for balancer in load_balancers:
        region, suffix = SIDES[balancer.name]
        assert balancer.region == region
        assert balancer["securityGroups"] == [f"firewall{suffix}-load-balancer-id"]
        assert all(subnet.startswith(f"network{suffix}-public-") for subnet in balancer["subnets"])


def test_load_balancers_are_hardened_and_log_access(any_environment: Graph) -> None:
    buckets = {bucket["bucket"]: bucket.region for bucket in any_environment.all("s3.Bucket")}
    for balancer in any_environment.all("lb.LoadBalancer"):
        assert balancer["dropInvalidHeaderFields"] is True
        assert balancer["desyncMitigationMode"] == "strictest"
        assert balancer["enableHttp2"] is True
        assert balancer["enableWafFailOpen"] is False
        logs = balancer["accessLogs"]
        assert (logs["enabled"], logs["prefix"]) == (True, "load-balancer")
        assert buckets[logs["bucket"]] == balancer.region
        policy = next(p for p in any_environment.all("s3.BucketPolicy") if p["bucket"] == logs["bucket"])
        assert policy.urn in balancer.dependencies, (
            "AWS writes the first log during creation, so the policy must exist before"
        )


def test_load_balancer_deletion_is_possible_only_in_destroyable_environments(
    dev: Graph, preprod: Graph, prod: Graph
) -> None:
    assert not dev.one("lb.LoadBalancer")["enableDeletionProtection"]
    for graph in (preprod, prod):
        assert all(balancer["enableDeletionProtection"] for balancer in graph.all("lb.LoadBalancer"))


def test_the_clusters_controller_adopts_the_load_balancer(any_environment: Graph) -> None:
    balancer = any_environment.one("lb.LoadBalancer", "edge")
    annotations = any_environment.one("k8s.Ingress", "alerts")["metadata"]["annotations"]
    assert balancer.tags["elbv2.k8s.aws/cluster"] == any_environment.one("eks.Cluster", "cluster")["name"]
    assert balancer.tags["ingress.k8s.aws/stack"] == annotations[f"{INGRESS}/group.name"]
    assert balancer.tags["ingress.k8s.aws/resource"] == "LoadBalancer"


def test_controller_and_program_agree_on_tags_groups_and_scheme(any_environment: Graph) -> None:
    """The controller and the program must set equal values, or each reverts the other."""
    balancer = any_environment.one("lb.LoadBalancer", "edge")
    annotations = any_environment.one("k8s.Ingress", "alerts")["metadata"]["annotations"]
    ingress_tags = dict(pair.split("=") for pair in annotations[f"{INGRESS}/tags"].split(","))
    own = {key: value for key, value in balancer.tags.items() if "k8s.aws/" not in key}
    assert ingress_tags == own
    assert annotations[f"{INGRESS}/security-groups"] == balancer["securityGroups"][0]
    assert annotations[f"{INGRESS}/scheme"] == "internet-facing"
    assert balancer["internal"] is False


def test_the_load_balancers_attributes_have_one_owner(any_environment: Graph) -> None:
    annotations = any_environment.one("k8s.Ingress", "alerts")["metadata"]["annotations"]
    assert not {f"{INGRESS}/load-balancer-attributes", f"{INGRESS}/wafv2-acl-arn"} & set(annotations)
    assert any_environment.all("lb.Listener") == any_environment.all("lb.TargetGroup") == []


def test_ingress_uses_modern_tls_with_the_edge_certificate(any_environment: Graph) -> None:
    annotations = any_environment.one("k8s.Ingress", "alerts")["metadata"]["annotations"]
    assert annotations[f"{INGRESS}/certificate-arn"] == any_environment.one("acm.Certificate", "edge").arn
    assert annotations[f"{INGRESS}/ssl-policy"] == TLS


def test_certificates_share_one_dns_validation(prod: Graph) -> None:
    domain = load_file(PROJECT, "prod").domain
    certificates = prod.all("acm.Certificate")
    assert {certificate.region for certificate in certificates} == {"us-east-1", "us-west-2"}
    assert {(each["domainName"], each["validationMethod"]) for each in certificates} == {(f"*.{domain}", "DNS")}
    proof = prod.one("route53.Record", "edge-proof")
    assert proof["name"] == "_proof.example"
    for validation in prod.all("acm.CertificateValidation"):
        assert validation["validationRecordFqdns"] == ["_proof.example"]
        assert proof.urn in validation.dependencies


def test_every_load_balancer_has_a_web_acl(any_environment: Graph) -> None:
    associations = any_environment.all("wafv2.WebAclAssociation")
    assert {(each["resourceArn"], each["webAclArn"]) for each in associations} == {
        (balancer.arn, any_environment.one("wafv2.WebAcl", balancer.name).arn)
        for balancer in any_environment.all("lb.LoadBalancer")
    }


def test_web_acl_has_rate_limit_and_managed_rules(any_environment: Graph) -> None:
    limit = load_file(PROJECT, any_environment.exports["environment"]).edge.requests_per_five_minutes
    for acl in any_environment.all("wafv2.WebAcl"):
        assert acl["scope"] == "REGIONAL"
        assert acl["defaultAction"] == {"allow": {}}
        rate, *managed = sorted(acl["rules"], key=lambda rule: rule["priority"])
        assert rate["action"] == {"block": {}}
        statement = rate["statement"]["rateBasedStatement"]
        assert statement == {"limit": limit, "aggregateKeyType": "IP", "evaluationWindowSec": 300}
        groups = [rule["statement"]["managedRuleGroupStatement"] for rule in managed]
        assert {group["name"] for group in groups} == {
            "AWSManagedRulesAmazonIpReputationList",
            "AWSManagedRulesCommonRuleSet",
            "AWSManagedRulesKnownBadInputsRuleSet",
            "AWSManagedRulesSQLiRuleSet",
        }
        assert all(rule["overrideAction"] == {"none": {}} for rule in managed)
        assert all(each["visibilityConfig"]["cloudwatchMetricsEnabled"] for each in (acl, rate, *managed))


def test_blocked_requests_are_logged_encrypted_and_without_credentials(any_environment: Graph) -> None:
    for logging in any_environment.all("wafv2.WebAclLoggingConfiguration"):
        group = any_environment.one("cloudwatch.LogGroup", logging.name)
        suffix = SIDES[logging.name][1]
        assert logging["logDestinationConfigs"] == [group.arn]
        assert group["name"].startswith("aws-waf-logs-campus-")
        assert group["kmsKeyId"] == any_environment.one("kms.Key", f"logs{suffix}").arn
        assert [field["singleHeader"]["name"] for field in logging["redactedFields"]] == ["authorization", "cookie"]
        (log_filter,) = logging["loggingFilter"]["filters"]
        assert logging["loggingFilter"]["defaultBehavior"] == "DROP"
        assert [each["actionCondition"]["action"] for each in log_filter["conditions"]] == ["BLOCK", "COUNT"]


def test_each_environment_has_a_zone_of_its_own(dev: Graph, staging: Graph, preprod: Graph, prod: Graph) -> None:
    zones = [graph.one("route53.Zone") for graph in (dev, staging, preprod, prod)]
    assert [zone["name"] for zone in zones] == [
        "dev.campus-safety.example",
        "staging.campus-safety.example",
        "preprod.campus-safety.example",
        "campus-safety.example",
    ]
    assert [zone["forceDestroy"] for zone in zones] == [True, True, False, False]


def test_only_listed_authorities_may_issue_certificates(any_environment: Graph) -> None:
    record = any_environment.one("route53.Record", "zone-caa")
    assert record["name"] == any_environment.one("route53.Zone")["name"]
    assert record["records"] == [
        '0 issue "amazon.com"',
        '0 issuewild "amazon.com"',
        '0 issue "letsencrypt.org"',
        '0 issuewild "letsencrypt.org"',
    ]


def test_dns_queries_are_logged_where_route_53_can(any_environment: Graph) -> None:
    group = any_environment.one("cloudwatch.LogGroup", "zone-queries")
    assert group.region == "us-east-1"
    assert group["kmsKeyId"] == any_environment.one("kms.Key", "logs").arn
    query_log = any_environment.one("route53.QueryLog")
    assert query_log["cloudwatchLogGroupArn"] == group.arn
    allowed = any_environment.one("cloudwatch.LogResourcePolicy")
    assert allowed.urn in query_log.dependencies
    (statement,) = json.loads(allowed["policyDocument"])["Statement"]
    assert statement["Principal"] == {"Service": "route53.amazonaws.com"}
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": any_environment.exports["account"]}


def test_with_one_region_a_name_resolves_to_it(dev: Graph, staging: Graph) -> None:
    for graph in (dev, staging):
        ((host, (record,)),) = alias_names(graph).items()
        assert host == graph.exports["serviceHosts"]["alerts"]
        assert record["aliases"] == [
            {"name": "balancer.example", "zoneId": "Z-BALANCERS", "evaluateTargetHealth": True}
        ]
        assert record["failoverRoutingPolicies"] is None
        assert graph.all("route53.HealthCheck") == []


def test_with_two_regions_names_fail_over_by_health(preprod: Graph, prod: Graph) -> None:
    for graph in (preprod, prod):
        host = graph.exports["serviceHosts"]["alerts"]
        records = {record["setIdentifier"]: record for record in alias_names(graph)[host]}
        assert set(records) == {"primary", "secondary"}
        for role, alias in records.items():
            assert alias["failoverRoutingPolicies"] == [{"type": role.upper()}]
            assert alias["healthCheckId"] == f"names-{role}-id"
            assert alias["aliases"][0]["evaluateTargetHealth"] is True


def test_each_region_has_its_own_https_health_check(prod: Graph) -> None:
    regions = {"primary": "us-east-1", "secondary": "us-west-2"}
    for role, region in regions.items():
        own = f"alerts-{region}.campus-safety.example"
        check = prod.one("route53.HealthCheck", f"names-{role}")
        assert (check["type"], check["fqdn"], check["port"]) == ("HTTPS", own, 443)
        assert (check["resourcePath"], check["enableSni"]) == ("/healthz", True)
        assert check["requestInterval"] * check["failureThreshold"] <= 60
        (record,) = alias_names(prod)[own]
        assert record["failoverRoutingPolicies"] is None
        alarm = prod.one("cloudwatch.MetricAlarm", f"names-{role}")
        assert alarm.region == "us-east-1"
        assert alarm["dimensions"] == {"HealthCheckId": check.id}
        topic = prod.one("sns.Topic", "security-notices")
        assert (alarm["alarmActions"], topic.region) == ([topic.arn], alarm.region)
        assert (alarm["metricName"], alarm["treatMissingData"]) == ("HealthCheckStatus", "breaching")


def test_ingress_accepts_every_name_that_resolves_to_it(dev: Graph, prod: Graph) -> None:
    def hosts(graph: Graph) -> list[str]:
        return [rule["host"] for rule in graph.one("k8s.Ingress", "alerts")["spec"]["rules"]]

    assert hosts(dev) == ["alerts.dev.campus-safety.example"]
    assert hosts(prod) == ["alerts.campus-safety.example", "alerts-us-east-1.campus-safety.example"]


def test_exports_name_the_delegation_of_the_parent_zone(any_environment: Graph) -> None:
    assert any_environment.exports["nameServers"] == ["ns-1.example", "ns-2.example"]
    assert any_environment.exports["zoneId"] == "Z-OWN"
    assert any_environment.exports["balancerHost"] == "balancer.example"


def test_alarms_use_a_topic_of_their_own_region(
    project: Any,  # pytest's way to share a fixture
) -> None:
    _change(project, "prod", {"region": "us-west-2", "recovery.region": "us-east-1"})
    swapped = record("prod", project=project)
    regions = {topic.arn: topic.region for topic in swapped.all("sns.Topic")}
    for alarm in swapped.all("cloudwatch.MetricAlarm"):
        assert {regions[arn] for arn in alarm["alarmActions"]} == {alarm.region}
    assert {alarm.region for alarm in swapped.all("cloudwatch.MetricAlarm")} == {"us-east-1", "us-west-2"}
