"""A certificate for the encrypted servers of these tests, and a machine that trusts it."""

import pytest

from tests.outside.certificates import Certificate, make_certificate


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """The same certificate, known to this machine: OpenSSL reads where from this variable."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    return certificate
