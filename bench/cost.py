# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What work costs this machine, however busy it is with other things."""

import contextlib
import os
import time
from pathlib import Path


def cpu(env):
    """Milliseconds of CPU of this process and of its PostgreSQL backend, if it is near."""
    backend = 0.0
    with contextlib.suppress(OSError):
        stat = Path(f"/proc/{env.cr._cnx.get_backend_pid()}/stat").read_text()
        times = stat.rpartition(")")[2].split()[11:13]
        backend = sum(map(int, times)) * 1000 / os.sysconf("SC_CLK_TCK")
    return time.process_time() * 1000 + backend
