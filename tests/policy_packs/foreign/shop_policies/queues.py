"""Rules about message queues."""

from policy_packs.kernel.context import Context, Setting
from policy_packs.kernel.registry import Findings, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource

QUEUE = "aws:sqs/queue:Queue"


@rule("queue-must-be-encrypted", on=QUEUE)
def encrypted(queue: Resource) -> Findings:
    """Orders contain addresses, so queues must be encrypted."""
    if not queue.flag("sqsManagedSseEnabled") and "kmsMasterKeyId" not in queue:
        yield "The queue isn't encrypted. Set kms_master_key_id."


@rule(
    "queue-must-name-a-known-shop",
    on=QUEUE,
    settings={"shops": Setting({"type": "array", "items": {"type": "string"}, "description": "Additional shops"}, [])},
)
def known_shop(queue: Resource, context: Context) -> Findings:
    """Each queue belongs to one of the shops in the stack's configuration."""
    shops = {*context.config("shops"), *context.settings["shops"]}
    if queue.text("tags.shop") not in shops:
        yield f"Tag shop must be one of {', '.join(sorted(shops)) or 'the shops in ' + context.config_key('shops')}."


@stack_rule("stack-must-have-a-dead-letter-queue")
def dead_letter_queue(stack: Stack) -> StackFindings:
    """Messages that can't be processed must not be lost."""
    queues = stack.of_type(QUEUE)
    if queues and not any(queue.name.endswith("-dead") for queue in queues):
        yield None, "No queue is a dead-letter queue. Add a queue whose name ends with -dead."
