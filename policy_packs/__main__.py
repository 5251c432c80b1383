"""All three packs in one process.

The engine then sends each resource once instead of once per pack.
"""

from policy_packs.catalogue import PACKS, SUITE, serve

if __name__ == "__main__":
    serve(SUITE, *PACKS)
