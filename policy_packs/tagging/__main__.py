"""The tagging pack on its own."""

from policy_packs.catalogue import serve
from policy_packs.tagging.pack import PACK

if __name__ == "__main__":
    serve(PACK)
