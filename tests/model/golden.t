#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Golden cases: objects with the output that the kernel's tool gives for them, byte for byte.

usage: golden.t [DIR...]     (without DIR: golden, beside this; the program is that of this project or $GENDWARFKSYMS)

A case is a folder: in.o (the object), in.syms (standard input), args (options), and the expected output: out.symver
(stdout), out.symtypes (the file of -T), and where it is there out.versions (stderr of --dump-versions) and out.dies (stderr
of --dump-dies), both without lines that begin with "warning". Each file may be compressed (.xz).

The baseline (the file of -c), which the kernel's tool doesn't know, is worked out from out.symtypes, as section 14 of
FORMAT.md says.
"""
import concurrent.futures
import lzma
import os
import re
import subprocess
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))
tool = os.environ.get('GENDWARFKSYMS') or os.path.join(here, '..', '..', 'gendwarfksyms') + os.environ.get('SUFFIX', '')
roots = sys.argv[1:] or [os.path.join(here, 'golden')]
cases = sorted(d for root in roots for d, _, files in os.walk(root) if 'in.syms' in files)


def read(case, name):
    path = os.path.join(case, name)
    if os.path.exists(path):
        with open(path, 'rb') as file:
            return file.read()
    if os.path.exists(path + '.xz'):
        with lzma.open(path + '.xz') as file:
            return file.read()
    return None


def no_warnings(text):
    return b''.join(line for line in text.splitlines(True) if not line.startswith(b'warning'))


def baseline(symtypes):
    """A symtypes file as the only section of a baseline: what is only declared has no string there."""
    return b'/* in.o */\n' + re.sub(rb'(?m)^([sue])#([^ #]\S*) (?:structure|union|enumeration)_type \2 \{ \}$', rb'\1##\2', symtypes)


def first_difference(want, got):
    n = next((i for i, (a, b) in enumerate(zip(want, got)) if a != b), min(len(want), len(got)))
    line = want.count(b'\n', 0, n) + 1
    return 'line %d: want ...%r got ...%r' % (line, want[max(0, n - 60):n + 60], got[max(0, n - 60):n + 60])


def check(case):
    """What is wrong with the output for a case: a list of texts."""
    bad = []
    with tempfile.TemporaryDirectory() as scratch:
        obj, symtypes = os.path.join(scratch, 'in.o'), os.path.join(scratch, 'symtypes')
        with open(obj, 'wb') as file:
            file.write(read(case, 'in.o'))

        def run(*more):
            return subprocess.run([tool, *read(case, 'args').decode().split(), *more, obj],
                                  input=read(case, 'in.syms'), capture_output=True, timeout=120)
        main = run('-T', symtypes)
        got = {'out.symver': main.stdout, 'out.symtypes': read(scratch, 'symtypes') or b''}
        if main.returncode:
            bad.append('exit status %d: %r' % (main.returncode, main.stderr[-200:]))
        for name, option in (('out.versions', '--dump-versions'), ('out.dies', '--dump-dies')):
            if read(case, name) is not None:
                got[name] = no_warnings(run(option).stderr)
        run('-c', symtypes, '--relative-to', scratch)
        got['baseline'] = read(scratch, 'symtypes')
        for name, text in got.items():
            want = baseline(read(case, 'out.symtypes')) if name == 'baseline' else read(case, name)
            if want is not None and want != text:
                bad.append('%s differs, %s' % (name, first_difference(want, text)))
    return bad


if not cases:
    sys.exit('no cases in %s' % ' '.join(roots))
print('1..%d' % len(cases))
failed = 0
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    for number, (case, bad) in enumerate(zip(cases, pool.map(check, cases)), 1):
        print('%s %d - %s' % ('not ok' if bad else 'ok', number, os.path.relpath(case, roots[0])))
        for line in bad:
            print('# ' + line)
        failed += bool(bad)
sys.exit(failed > 0)
