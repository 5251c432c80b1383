"""Entry point through which the Pulumi engine starts the pack."""

import sys
from pathlib import Path

# The engine runs this file, so the package's own directory is on the path instead of its parent.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from policy_packs.kernel.pack import serve  # the same
from shop_policies.pack import PACK  # needs the path above

if __name__ == "__main__":
    serve(PACK)
