"""A short name for the state of some files, by which the extensions notice that they changed."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "book"
IMPORTED = sorted(BOOK.glob("measuring/*.py")) + sorted(BOOK.glob("studies/*.py"))  # by chapters


def fingerprint(*paths: Path, root: Path = ROOT, also: Iterable[str] = ()) -> str:
    """Hash the contents and the places of files and folders, and some strings."""
    digest = hashlib.sha256("\n".join(also).encode())
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(root)).encode() + b"\n" + file.read_bytes())
    return digest.hexdigest()[:16]
