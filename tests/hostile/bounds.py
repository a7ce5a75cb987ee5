# SPDX-License-Identifier: GPL-2.0-only
"""What hostile.t and mutate.t can expect of this machine. How long a run of the program may take is in CPU time, so that nothing
else that runs counts."""
import resource
import subprocess
import time


def seconds(fast):
    """As many as that (seconds) on a machine that in Python counts to two million in 0.1 s, and looks through 1 GB in 0.02 s;
    more on a slower one, such as an emulated one, which may do one of them much more slowly than the other."""
    start = time.process_time()
    for _ in range(2000000):
        pass
    counted = time.process_time()
    text = bytes(1 << 20) + b'x'
    for _ in range(50):
        text.find(b'x')
    return round(fast * max(1, (counted - start) / 0.1, 20 * (time.process_time() - counted) / 0.02))


def finds_leaks(program):
    """Tells whether the leak sanitizer works here: it doesn't in an emulator of processors."""
    return subprocess.run([program, '--version'], capture_output=True).returncode == 0


def limit_time(limit):
    """Ends this process by SIGXCPU after so many seconds."""
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
