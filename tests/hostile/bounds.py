# SPDX-License-Identifier: GPL-2.0-only
"""How long a run of the program may take, for hostile.t and mutate.t: in CPU time, so that nothing else that runs counts."""
import resource
import time


def seconds(fast):
    """As many as that (seconds) on a machine that counts to two million in 0.1 s in Python; more on a slower one, such as
    an emulated one."""
    start = time.process_time()
    for _ in range(2000000):
        pass
    return round(fast * max(1, (time.process_time() - start) / 0.1))


def limit_time(limit):
    """Ends this process by SIGXCPU after so many seconds."""
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
