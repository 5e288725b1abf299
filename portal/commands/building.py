"""Building the pages: once for each version of the sources, below the data folder.

Reflex writes where it is started: lock files, `.web`, even `.gitignore`. So it is started in a folder of
its own, with copies of what it may touch; the checkout stays as it was.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from portal.settings import Settings, env_file

ROOT = Path(__file__).resolve().parents[2]
_COPIED = ("rxconfig.py", "assets", "reflex.lock")


class BuildFailed(Exception):
    """The pages could not be built; the message names the log that says why."""


def site_folder(settings: Settings) -> Path:
    return settings.data.absolute() / "site"


def reflex_environment(settings: Settings) -> dict[str, str]:
    """Return the variables that keep all that Reflex writes below the data folder, and it quiet."""
    site = site_folder(settings)
    tools = Path(sys.executable).parent
    return {
        "REFLEX_DIR": str(site / "reflex"),
        "REFLEX_WEB_WORKDIR": str(site / ".web"),
        "REFLEX_STATES_WORKDIR": str(site / "states"),
        "REFLEX_UPLOADED_FILES_DIR": str(site / "uploads"),
        "REFLEX_USE_SYSTEM_BUN": "1",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "REFLEX_ENV_MODE": "prod",
        "REFLEX_STATE_MANAGER_MODE": "redis" if settings.redis_url else "memory",
        "REFLEX_FRONTEND_PORT": str(settings.port),
        "REFLEX_BACKEND_PORT": str(settings.port),
        "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}",
        "PORTAL_ENV_FILE": str(env_file()),
        "PORTAL_DATA": str(settings.data.absolute()),
        "PORTAL_PORT": str(settings.port),
        "PORTAL_DEMO": "1" if settings.demo else "0",
        "PORTAL_ORIGINS": ",".join(settings.origins),
    }


def build(settings: Settings, terms: str) -> bool:
    """Build the pages unless this version is built; return whether anything was done.

    `terms` is the text of the CGV in force: it is written into the page that shows it.
    """
    site = site_folder(settings)
    stamp = site / "built"
    wanted = _fingerprint(settings, terms)
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return False
    stamp.unlink(missing_ok=True)
    site.mkdir(parents=True, exist_ok=True)
    for name in _COPIED:
        _copy(ROOT / name, site / name)
    (site / "requirements.txt").touch()
    # Without these Reflex asks a registry and a foreign mirror of it which is faster, and waits for both.
    (site / "bunfig.toml").write_text("[install]\n", encoding="ascii")
    (site / ".npmrc").write_text("fetch-retries=0\n", encoding="ascii")
    (site / "cgv.md").write_bytes(terms.encode())
    log = site / "build.log"
    with log.open("wb") as output:
        done = subprocess.run(
            [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"],
            cwd=site,
            env=os.environ | reflex_environment(settings),
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    if done.returncode != 0 or not (site / ".web" / "build" / "client" / "index.html").exists():
        raise BuildFailed(str(log))
    stamp.write_text(wanted, encoding="ascii")
    return True


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)


def _fingerprint(settings: Settings, terms: str) -> str:
    digest = hashlib.sha256(f"{version('reflex')} {settings.port} {settings.served_origins}{terms}".encode())
    sources = [ROOT / "rxconfig.py", *ROOT.glob("assets/**/*"), *ROOT.glob("reflex.lock/*")]
    sources += [file for file in (ROOT / "portal").rglob("*") if file.suffix in {".py", ".md"}]
    for file in sorted(file for file in sources if file.is_file()):
        digest.update(str(file.relative_to(ROOT)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()
