# SPDX-License-Identifier: GPL-2.0-only
"""Runs the tests' Python programs, each in a child of this process, which has it loaded: to start Python takes longer than what
they do, and seconds in an emulator.

As a program, it reads a line for each run, fields between NULs: files for the standard input, output and error, the program,
its arguments. It writes a line with the exit status when it has ended."""
import gc
import os
import sys
import traceback

loaded = {}                             # path of a program -> its main()


def load(path):
    program = {'__name__': 'loaded'}
    with open(path, encoding='utf-8') as file:
        exec(compile(file.read(), path, 'exec'), program)
    gc.freeze()                         # no child has to look through what is loaded
    return program['main']


def run_loaded(stdin, stdout, stderr, path, *arguments):
    """Returns the exit status."""
    if path not in loaded:
        loaded[path] = load(path)
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    status = 1
    try:
        for number, file, flags in (0, stdin, os.O_RDONLY), (1, stdout, os.O_WRONLY | os.O_CREAT), (2, stderr, os.O_WRONLY | os.O_CREAT):
            os.dup2(os.open(file, flags, 0o666), number)
        sys.stdin, sys.argv = open(0), [path, *arguments]
        end = loaded[path]()
        if isinstance(end, str):        # as for sys.exit()
            print(end, file=sys.stderr)
        else:
            status = end
    except Exception:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)                # without what Python does at its end, which takes longer than the rest


if __name__ == '__main__':
    requests, answers = os.fdopen(os.dup(0), 'rb'), os.fdopen(os.dup(1), 'w')
    for request in requests:
        answers.write('%d\n' % run_loaded(*map(os.fsdecode, request[:-1].split(b'\0'))))
        answers.flush()
