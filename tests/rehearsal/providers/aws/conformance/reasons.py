"""Reasons why results of the cycle fail, do not apply or were not tried."""

from collections.abc import Iterable, Mapping

from operations.conformance.results import Check

NO_UPDATE = "The emulated type has no update, so every change replaces it."
REMAINS = "It cannot be deleted alone, because it is a part, setting or state of another resource or of the account."
NOT_STORED = "moto accepts the input and does not store it."
RULES_STAY = "The rules stay, because the real provider only drops the resource from the state."
NO_DOWNGRADE = "AWS does not change back to an older version."
ONLY_REGION = "No input except the region replaces it."
NO_REPLACEMENT = "Only a move to another account or region replaces it, because each has at most one."

Key = tuple[str, Check, str]
"""(token, check, input). The number of a case may follow the token. The input is empty for a whole check."""


def _drift_and_repair(token: str, name: str, reason: str) -> dict[Key, str]:
    return {(token, Check.DRIFT, name): reason, (token, Check.REPAIRED, name): reason}


def _dropped(token: str, name: str) -> dict[Key, str]:
    return _drift_and_repair(token, name, NOT_STORED)


def _without_replacement(*tokens: str) -> dict[Key, str]:
    return {(token, Check.REPLACED, ""): NO_REPLACEMENT for token in tokens}


FAULTS: Mapping[Key, str] = {
    **_dropped("aws:s3/bucketLogging:BucketLogging", "targetObjectKeyFormat"),
    **_dropped("aws:s3/bucketLoggingV2:BucketLoggingV2", "targetObjectKeyFormat"),
    **_dropped(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "transitionDefaultMinimumObjectSize"
    ),
    **_dropped(
        "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", "transitionDefaultMinimumObjectSize"
    ),
    **_dropped("aws:dynamodb/table:Table", "serverSideEncryption"),
    **_dropped("aws:ec2/vpcEndpoint:VpcEndpoint", "ipAddressType"),
    **_dropped("aws:rds/instance:Instance", "performanceInsightsEnabled"),
    **_dropped("aws:rds/instance:Instance", "port"),
    **{
        ("aws:rds/instance:Instance", Check.REPAIRED, name): "moto returns this input only after it was changed once."
        for name in (
            "databaseInsightsMode",
            "networkType",
            "performanceInsightsKmsKeyId",
            "performanceInsightsRetentionPeriod",
        )
    },
    ("aws:cfg/recorder:Recorder 2", Check.REPAIRED, "recordingGroup"): (
        "If the program no longer sets the recording mode, the emulated provider's next change resets the mode. "
        "The real provider sends the old mode again."
    ),
    ("aws:dynamodb/table:Table", Check.REPAIRED, "billingMode"): (
        "moto keeps the provisioned capacity of a table that returns to on-demand mode."
    ),
    ("aws:eks/cluster:Cluster", Check.REPAIRED, "enabledClusterLogTypes"): (
        "AWS always lists the disabled log types; moto lists them only after an update. The enabled types are right."
    ),
}
"""Results that fail because of a fault in the emulation, each with a description of the fault."""

NOT_APPLICABLE: Mapping[Key, str] = {
    ("aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", Check.NOTHING_LEFT, ""): RULES_STAY,
    ("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", Check.NOTHING_LEFT, ""): RULES_STAY,
    ("aws:rds/instance:Instance", Check.REPAIRED, "allocatedStorage"): "RDS does not shrink storage.",
    ("aws:kms/replicaKey:ReplicaKey", Check.RECREATED, ""): (
        "A replica that is pending deletion blocks its region until the waiting period ends; "
        "the case cancels the deletion."
    ),
    ("aws:eks/cluster:Cluster", Check.REPAIRED, "version"): "AWS does not downgrade a cluster.",
    **_drift_and_repair(
        "aws:dynamodb/table:Table", "attributes", "AWS changes attribute definitions only together with an index."
    ),
    ("aws:cfg/recorderStatus:RecorderStatus", Check.REPLACED, ""): "A region has only one recorder.",
    **_without_replacement(
        "aws:ebs/encryptionByDefault:EncryptionByDefault",
        "aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    ),
    ("aws:ec2/internetGateway:InternetGateway", Check.REPLACED, ""): ONLY_REGION,
    ("aws:guardduty/detector:Detector", Check.REPLACED, ""): ONLY_REGION,
}
"""Checks that do not apply because of how AWS or the real provider behaves, each with the reason."""


def _each(reason: str, names: str | Iterable[str]) -> dict[str, str]:
    return dict.fromkeys(names.split() if isinstance(names, str) else names, reason)


_UNUSED = "The platform does not set it, so no case does."
_MOTO = "moto can set it only at creation or not at all."
_NEVER_RETURNED = "AWS never returns it."

_LOAD_BALANCER = {"healthCheckLogs": "moto rejects it."} | _each(
    _UNUSED,
    "enablePrefixForIpv6SourceNat enforceSecurityGroupInboundRulesOnPrivateLinkTraffic subnetMappings",
)
_LISTENER = {"alpnPolicy": _UNUSED, "mutualAuthentication": NOT_STORED}
_OBJECT_LOCK = {"objectLockEnabled": "It has only one valid value."}
NOT_TRIED: Mapping[str, Mapping[str, str]] = {
    "aws:alb/listener:Listener": _LISTENER,
    "aws:alb/loadBalancer:LoadBalancer": _LOAD_BALANCER,
    "aws:backup/plan:Plan": _each(_UNUSED, "scanSettings"),
    "aws:budgets/budget:Budget": _each(_UNUSED, "autoAdjustData billingViewArn filterExpression metrics plannedLimits"),
    "aws:cloudtrail/trail:Trail": {
        "includeGlobalServiceEvents": "AWS requires it for trails of all regions.",
        "isOrganizationTrail": "It requires an AWS organization.",
    },
    "aws:cloudwatch/logGroup:LogGroup": _each(_MOTO, "deletionProtectionEnabled kmsKeyId"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": _each(
        _UNUSED, "evaluationCriteria evaluationInterval evaluationWindow thresholdMetricId warmUpConfiguration"
    ),
    "aws:costexplorer/costCategory:CostCategory": {"ruleVersion": "It has only one valid value."},
    "aws:dynamodb/table:Table": {
        "streamViewType": "AWS changes it only by replacing the stream.",
        "tableClass": NOT_STORED,
    },
    "aws:ec2/eip:Eip": _each(_UNUSED, "associateWithPrivateIp"),
    "aws:ec2/route:Route": _each(
        _UNUSED,
        "carrierGatewayId coreNetworkArn egressOnlyGatewayId localGatewayId odbNetworkArn vpcEndpointId",
    ),
    "aws:ec2/routeTable:RouteTable": _each(_MOTO, "propagatingVgws"),
    "aws:ec2/subnet:Subnet": _each(_UNUSED, "customerOwnedIpv4Pool enableLniAtDeviceIndex mapCustomerOwnedIpOnLaunch"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _each(_UNUSED, "subnetConfigurations"),
    "aws:eks/addon:Addon": _each(_UNUSED, "podIdentityAssociations"),
    "aws:eks/cluster:Cluster": {
        "accessConfig": "EKS does not change the authentication mode from API to another.",
        **_each(_UNUSED, "computeConfig remoteNetworkConfig storageConfig"),
    },
    "aws:eks/nodeGroup:NodeGroup": _each(_UNUSED, "releaseVersion version"),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": _each(_UNUSED, "policy"),
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        **_each(_NEVER_RETURNED, "authToken authTokenUpdateStrategy"),
        "engineVersion": NO_DOWNGRADE,
        **_each(
            _UNUSED,
            "clusterMode durability engine ipDiscovery securityGroupNames",
        ),
    },
    "aws:elasticache/user:User": {
        "passwords": _NEVER_RETURNED,
        **_each(_UNUSED, "noPasswordRequired"),
    },
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": _each(_MOTO, "clientIdLists"),
    "aws:guardduty/detector:Detector": {
        "datasources": "It is deprecated in favour of detector features, and the emulation does not read it."
    },
    "aws:lb/listener:Listener": _LISTENER,
    "aws:lb/loadBalancer:LoadBalancer": _LOAD_BALANCER,
    "aws:rds/instance:Instance": {
        **_each(_NEVER_RETURNED, "password passwordWoVersion"),
        "engineVersion": NO_DOWNGRADE,
        "optionGroupName": "PostgreSQL has only the default option group.",
        "replicateSourceDb": "AWS does not turn an instance back into a replica.",
        **_each(
            _UNUSED,
            "customerOwnedIpEnabled dedicatedLogVolume domain domainAuthSecretArn domainDnsIps domainFqdn "
            "domainIamRoleName domainOu engineLifecycleSupport manageMasterUserPassword masterUserSecretKmsKeyId "
            "replicaMode",
        ),
    },
    "aws:route53/healthCheck:HealthCheck": _each(_UNUSED, "insufficientDataHealthStatus"),
    "aws:route53/record:Record": {
        "multivalueAnswerRoutingPolicy": "A record with a set identifier needs a routing policy, so it cannot be off.",
    },
    "aws:s3/bucket:Bucket": _each(_UNUSED, "acl"),
    "aws:s3/bucketV2:BucketV2": _each(_UNUSED, "acl"),
    "aws:s3/bucketLogging:BucketLogging": _each(_UNUSED, "targetGrants"),
    "aws:s3/bucketLoggingV2:BucketLoggingV2": _each(_UNUSED, "targetGrants"),
    "aws:s3/bucketNotification:BucketNotification": {
        "eventbridge": NOT_STORED,
        **_each(_UNUSED, "lambdaFunctions"),
    },
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": _OBJECT_LOCK,
    "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2": _OBJECT_LOCK,
    "aws:secretsmanager/secret:Secret": _each(_UNUSED, "type"),
    "aws:sns/topic:Topic": _each(_UNUSED, "archivePolicy"),
    "aws:sns/topicSubscription:TopicSubscription": _each(_UNUSED, "replayPolicy subscriptionRoleArn"),
    "aws:sqs/queue:Queue": {"redriveAllowPolicy": NOT_STORED},
    "aws:ssm/parameter:Parameter": _each(_NEVER_RETURNED, "valueWo"),
    "aws:wafv2/webAcl:WebAcl": {
        "customResponseBodies": "The emulated provider rejects it.",
        **_each(_UNUSED, "associationConfig dataProtectionConfig monetizationConfig"),
    },
}
"""Token → mutable inputs that no case changes, each with the reason."""
