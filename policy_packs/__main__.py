"""The three packs in one process: the engine asks once about a resource, not once per pack."""

from policy_packs.catalogue import PACKS, SUITE
from policy_packs.kernel.pack import serve

if __name__ == "__main__":
    serve(SUITE, *PACKS)
