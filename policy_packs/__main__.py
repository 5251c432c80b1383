"""The three packs in one process.

The engine then asks once about a resource instead of once per pack.
"""

from policy_packs.catalogue import PACKS, SUITE, serve

if __name__ == "__main__":
    serve(SUITE, *PACKS)
