"""Which certificates are trusted."""

import ssl
from pathlib import Path

from smoke.errors import ConfigurationError


def trust(ca_file: Path | None = None) -> ssl.SSLContext:
    """
    Return a client context that trusts the system's certificate authorities and those in *ca_file* (PEM).

    Where the system has none (slim containers), certifi's are used. Raises ConfigurationError for an unusable file.
    """
    context = ssl.create_default_context()
    # Python 3.13 refuses certificates that lack an authority key identifier; browsers do not, and the verdict must
    # not depend on the Python version of the runner.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if not context.cert_store_stats()["x509_ca"]:
        import certifi  # only where it is needed: the import alone costs milliseconds

        context.load_verify_locations(certifi.where())
    if ca_file is not None:
        _add(context, ca_file)
    return context


def _add(context: ssl.SSLContext, ca_file: Path) -> None:
    remedy = "give a file of PEM certificates"
    try:
        context.load_verify_locations(ca_file)
    except ssl.SSLError as error:
        raise ConfigurationError(
            f"the CA bundle {ca_file} holds no usable certificate ({error.reason}); {remedy}"
        ) from error
    except OSError as error:
        raise ConfigurationError(f"the CA bundle {ca_file} cannot be read ({error.strerror}); {remedy}") from error
