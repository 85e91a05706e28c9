"""A file written whole or not at all: nobody reads half of it, and two writers do not mix."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path


def write_whole(path: str | Path, content: str | bytes) -> None:
    """Write a file in one step, with its folders; text as UTF-8, its line ends as they are.

    A file that is there keeps its permissions, a new one has those that the umask leaves; of a
    link, what it leads to is written. What is no file, such as /dev/stdout or a pipe, is written
    to. Raises OSError, and then the old file is as it was.
    """
    encoded = content.encode() if isinstance(content, str) else content
    if Path(path).exists() and not Path(path).is_file() and not Path(path).is_dir():
        Path(path).write_bytes(encoded)  # never replaced: root would make a file of /dev/null
        return
    file = Path(path).resolve()
    if file.is_dir():
        raise IsADirectoryError(f"{path} is a folder: give the name of a file")
    file.parent.mkdir(parents=True, exist_ok=True)
    mode = stat.S_IMODE(file.stat().st_mode) if file.exists() else 0o666 & ~_umask()
    try:
        handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name[:100]}.")
    except OSError as error:
        error.filename = str(path)  # nobody knows the temporary file
        raise
    try:
        with open(handle, "wb") as stream:
            stream.write(encoded)
        os.chmod(temporary, mode)
        os.replace(temporary, file)
    except BaseException:
        os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
