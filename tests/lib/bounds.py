# SPDX-License-Identifier: GPL-2.0-only
"""What tests can expect of this machine. How long a run of the program may take is in CPU time, so that nothing else that runs
counts."""
import os
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


def how_many(tests, emulated):
    """So many tests of a kind, or fewer in an emulator, where each takes ten times as long or more."""
    return emulated if seconds(1) >= 10 else tests


def sanitizer_options(program):
    """The ASAN_OPTIONS with which a program that has the sanitizers runs here, or None. In an emulator of processors, the leak
    sanitizer doesn't work, or waits for ever, or none does."""
    for options in 'detect_leaks=1', 'detect_leaks=0':
        if subprocess.run(['timeout', '--signal=KILL', '60', program, '--version'], capture_output=True, env={**os.environ, 'ASAN_OPTIONS': options}).returncode == 0:
            return options
    return None


def limit_time(limit):
    """Ends this process by SIGXCPU after so many seconds."""
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
