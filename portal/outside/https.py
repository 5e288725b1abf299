"""How the portal calls another server: encrypted, straight to it, and never beyond its time."""

import ipaddress
import ssl

import httpx


class HttpsCaller:
    """Opens connections to one address; certificates are checked against the system's store."""

    def __init__(self, url: str, *, agent: str) -> None:
        """Raise `ValueError` where `url` is neither https nor on this machine."""
        if not _is_encrypted_or_local(url):
            raise ValueError("une adresse https://… est attendue (http:// seulement vers cette machine)")
        self._headers = {"User-Agent": agent, "Accept-Encoding": "identity"}
        self._certificates = ssl.create_default_context()
        # The first transport of a process loads httpcore, 0.1 s: now, not while somebody waits.
        httpx.AsyncHTTPTransport(verify=self._certificates)

    def client(self, timeout_seconds: float) -> httpx.AsyncClient:
        """Return a client for one call. Kept connections belong to one event loop; callers have several.

        It follows no redirect, which would carry the call elsewhere, and reads no proxy or password
        from the environment. `timeout_seconds` bounds each wait; the caller bounds the whole.
        """
        return httpx.AsyncClient(
            headers=self._headers,
            verify=self._certificates,
            timeout=timeout_seconds,
            follow_redirects=False,
            trust_env=False,
        )


def _is_encrypted_or_local(url: str) -> bool:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    if parsed.scheme == "https":
        return bool(parsed.host)
    return parsed.scheme == "http" and _is_this_machine(parsed.host)


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
