"""The security pack on its own."""

from policy_packs.catalogue import serve
from policy_packs.security.pack import PACK

if __name__ == "__main__":
    serve(PACK)
