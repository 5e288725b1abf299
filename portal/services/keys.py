"""Keys derived from the one secret key, each for one purpose, and what is done with them.

HKDF-SHA256 gives a subkey per purpose, so that what leaks of one says nothing of another. Seeds of
second factors are sealed with AES-256-GCM under a key id, bound to the person they belong to.
"""

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.settings import Settings

_KEY_BYTES = 32
_KEY_ID_BYTES = 8
_NONCE_BYTES = 12


class CannotOpen(ValueError):
    """Sealed under another secret key, for someone else, or altered."""


class Keys:
    """What the secret key is good for."""

    def __init__(self, secret: bytes) -> None:
        self._mac = _derived(secret, "mac")
        self._sealing = _derived(secret, "seal")
        self._sealing_id = hashlib.sha256(self._sealing).digest()[:_KEY_ID_BYTES]

    def digest(self, purpose: str, text: str) -> bytes:
        """Return a 256-bit code that only this key makes from `text`; purposes never meet."""
        return hmac.digest(self._mac, f"{purpose}\0{text}".encode(errors="replace"), hashlib.sha256)

    def token(self, purpose: str, name: str) -> str:
        """Return the secret that belongs to a name, fit for an address: 43 characters, 256 bits."""
        return base64.urlsafe_b64encode(self.digest(purpose, name)).rstrip(b"=").decode()

    def seal(self, plain: bytes, *, bound_to: str) -> bytes:
        """Return `plain` encrypted, with the id of the key; it opens for the same `bound_to` only."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return (
            self._sealing_id + nonce + AESGCM(self._sealing).encrypt(nonce, plain, self._sealed_for(bound_to))
        )

    def unseal(self, sealed: bytes, *, bound_to: str) -> bytes:
        """Return what was sealed; raises `CannotOpen`."""
        key_id, rest = sealed[:_KEY_ID_BYTES], sealed[_KEY_ID_BYTES:]
        if key_id != self._sealing_id:
            raise CannotOpen("sealed under another secret key")
        try:
            return AESGCM(self._sealing).decrypt(
                rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], self._sealed_for(bound_to)
            )
        except InvalidTag as error:
            raise CannotOpen("altered, or sealed for someone else") from error

    def _sealed_for(self, bound_to: str) -> bytes:
        return self._sealing_id + bound_to.encode()


@lru_cache(maxsize=8)
def keys_of(settings: Settings) -> Keys:
    """Return the keys of a portal; the secret key is read once."""
    return Keys(settings.secret())


def files_key(settings: Settings) -> bytes:
    """Return the 32 bytes that files are encrypted with: of their own key where one is set, else of the secret."""
    own = settings.files_key.get_secret_value().encode()
    return _derived(own or settings.secret(), "files")


def fingerprint(token: str) -> str:
    """Return the SHA-256 by which a random 256-bit token is stored and found; it needs no key."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _derived(secret: bytes, purpose: str) -> bytes:
    return HKDF(hashes.SHA256(), _KEY_BYTES, salt=None, info=f"portal/1/{purpose}".encode()).derive(secret)
