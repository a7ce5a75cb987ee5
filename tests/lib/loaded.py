# SPDX-License-Identifier: GPL-2.0-only
"""Runs the tests' Python programs, each in a child of this process, which has it loaded: to start Python takes longer than what
they do, and seconds in an emulator.

Reads a line for each run, fields between NULs: files for the standard input, output and error, the program, its arguments.
Writes a line with the exit status when it has ended."""
import gc
import os
import sys

requests, answers = os.fdopen(os.dup(0), 'rb'), os.fdopen(os.dup(1), 'w')
loaded = {}                             # path of a program -> its main()


def load(path):
    program = {'__name__': 'loaded'}
    with open(path, encoding='utf-8') as file:
        exec(compile(file.read(), path, 'exec'), program)
    return program['main']


for request in requests:
    stdin, stdout, stderr, path, *arguments = map(os.fsdecode, request[:-1].split(b'\0'))
    if path not in loaded:
        loaded[path] = load(path)
        gc.freeze()                     # no child has to look through what is loaded
    pid = os.fork()
    if not pid:
        for number, file, flags in (0, stdin, os.O_RDONLY), (1, stdout, os.O_WRONLY | os.O_CREAT), (2, stderr, os.O_WRONLY | os.O_CREAT):
            os.dup2(os.open(file, flags, 0o666), number)
        sys.argv = [path, *arguments]
        status = loaded[path]()
        if isinstance(status, str):     # as for sys.exit()
            print(status, file=sys.stderr)
            status = 1
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)                # without what Python does at its end, which takes longer than the rest
    answers.write('%d\n' % os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    answers.flush()
