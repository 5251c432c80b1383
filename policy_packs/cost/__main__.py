"""The cost pack on its own."""

from policy_packs.catalogue import serve
from policy_packs.cost.pack import PACK

if __name__ == "__main__":
    serve(PACK)
