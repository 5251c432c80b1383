"""What instances cost: on-demand list prices of the families this platform may use, us-east-1, US dollars.

Source: AWS's public price lists for EC2 (Linux, shared tenancy, aws.amazon.com/ec2/pricing/on-demand) and RDS for
PostgreSQL (Single-AZ, aws.amazon.com/rds/postgresql/pricing) and ElastiCache for Redis OSS (a node,
aws.amazon.com/elasticache/pricing), taken from public copies of them and not from the
Pricing API: good for a ceiling, not for a bill. Without storage, traffic and tax. Within a family AWS
prices by size, so that one figure a family, that of `large`, gives all of them to within a cent an hour; accelerated
families are not linear and are listed one by one.
"""

from decimal import Decimal

AS_OF = "2026-06"
"""Month of the newest copy they were compared with; renew them when it is more than a year ago."""

HOURS_PER_MONTH = 730
MULTI_AZ_FACTOR = 2
"""RDS bills the standby like the primary."""

SPOT_FACTOR = Decimal("0.4")
"""The dearest that spot capacity is expected to be, of the on-demand price: the document counts on 60-70 % less."""

_SIZES = {
    "nano": Decimal("0.0625"),
    "micro": Decimal("0.125"),
    "small": Decimal("0.25"),
    "medium": Decimal("0.5"),
    "large": Decimal(1),
    "xlarge": Decimal(2),
    "2xlarge": Decimal(4),
    "4xlarge": Decimal(8),
    "8xlarge": Decimal(16),
    "9xlarge": Decimal(18),
    "12xlarge": Decimal(24),
    "16xlarge": Decimal(32),
    "18xlarge": Decimal(36),
    "24xlarge": Decimal(48),
    "32xlarge": Decimal(64),
    "48xlarge": Decimal(96),
}
_BURST = "nano micro small medium large xlarge 2xlarge"
_X86 = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge"
_X86_6 = f"{_X86} 32xlarge"
_X86_7 = f"{_X86} 48xlarge"
_ARM = "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"
_ARM_8 = f"{_ARM} 24xlarge 48xlarge"

# Family: dollars an hour for `large`, and the sizes there are.
_EC2 = {
    "t3": ("0.0832", _BURST),
    "t3a": ("0.0752", _BURST),
    "t4g": ("0.0672", _BURST),
    "m5": ("0.096", _X86),
    "m6a": ("0.0864", f"{_X86_6} 48xlarge"),
    "m6i": ("0.096", _X86_6),
    "m6g": ("0.077", _ARM),
    "m7a": ("0.11592", f"medium {_X86_6} 48xlarge"),
    "m7i": ("0.1008", _X86_7),
    "m7g": ("0.0816", _ARM),
    "m8g": ("0.08976", _ARM_8),
    "c5": ("0.085", "large xlarge 2xlarge 4xlarge 9xlarge 12xlarge 18xlarge 24xlarge"),
    "c6a": ("0.0765", f"{_X86_6} 48xlarge"),
    "c6i": ("0.085", _X86_6),
    "c6g": ("0.068", _ARM),
    "c7i": ("0.08925", _X86_7),
    "c7g": ("0.0725", _ARM),
    "c8g": ("0.07976", _ARM_8),
    "r5": ("0.126", _X86),
    "r6a": ("0.1134", f"{_X86_6} 48xlarge"),
    "r6i": ("0.126", _X86_6),
    "r6g": ("0.1008", _ARM),
    "r7i": ("0.1323", _X86_7),
    "r7g": ("0.1071", _ARM),
    "r8g": ("0.11782", _ARM_8),
}
_RDS = {
    "db.t3": ("0.145", "micro small medium large xlarge 2xlarge"),
    "db.t4g": ("0.129", "micro small medium large xlarge 2xlarge"),
    "db.m5": ("0.178", _X86),
    "db.m6i": ("0.178", _X86_6),
    "db.m6g": ("0.159", "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"),
    "db.m7g": ("0.168", "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"),
    "db.r5": ("0.25", _X86),
    "db.r6i": ("0.25", _X86_6),
    "db.r6g": ("0.225", "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"),
    "db.r7g": ("0.239", "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"),
}
_ELASTICACHE = {
    "cache.t3": ("0.136", "micro small medium"),
    "cache.t4g": ("0.129", "micro small medium"),
    "cache.m5": ("0.156", "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge"),
    "cache.m6g": ("0.149", "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"),
    "cache.m7g": ("0.158", "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"),
    "cache.r5": ("0.216", "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge"),
    "cache.r6g": ("0.206", "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"),
    "cache.r7g": ("0.219", "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"),
}
_ACCELERATED = {
    "g4dn.xlarge": "0.526",
    "g4dn.2xlarge": "0.752",
    "g4dn.4xlarge": "1.204",
    "g4dn.8xlarge": "2.176",
    "g5.xlarge": "1.006",
    "g5.2xlarge": "1.212",
    "g5.4xlarge": "1.624",
    "g5.8xlarge": "2.448",
    "g6.xlarge": "0.8048",
    "g6.2xlarge": "0.9776",
    "g6.4xlarge": "1.3232",
    "g6.8xlarge": "2.0144",
}


def _table() -> dict[str, Decimal]:
    linear = {
        f"{family}.{size}": Decimal(large) * _SIZES[size] * HOURS_PER_MONTH
        for family, (large, sizes) in (_EC2 | _RDS | _ELASTICACHE).items()
        for size in sizes.split()
    }
    return linear | {kind: Decimal(hour) * HOURS_PER_MONTH for kind, hour in _ACCELERATED.items()}


_MONTHLY = _table()


def monthly_price(kind: str) -> Decimal | None:
    """Dollars a month, on demand, of an EC2 instance type, an RDS instance class (Single-AZ) or an ElastiCache node.

    None for a type that is not in the table: what it costs is not known, which is not the same as nothing.
    """
    return _MONTHLY.get(kind)
