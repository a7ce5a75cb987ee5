#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Damaged objects: each run ends in time, with exit status 0, or 1 and a message and nothing on stdout.

usage: mutate.t [FIRST-SEED [COUNT]]     (the same seed damages the same golden object in the same way; 500, or 200 in an emulator)
"""
import concurrent.futures
import lzma
import os
import random
import resource
import subprocess
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, '..', 'lib'))
from bounds import how_many, limit_time, sanitizer_options, seconds

tool = os.environ.get('GENDWARFKSYMS') or os.path.join(here, '..', '..', 'gendwarfksyms')
sanitized = os.path.join(here, '..', '..', 'gendwarfksyms-sanitized')
first, count = (int(a) for a in (sys.argv[1:] + ['1', how_many(500, 200)][len(sys.argv) - 1:])[:2])
BATCH = 100                             # runs for a line of TAP
MEMORY, SECONDS = 1 << 30, seconds(2)   # address space, and CPU time, for a run
SANITIZERS = sanitizer_options(sanitized)


def read(path):
    if os.path.exists(path):
        with open(path, 'rb') as file:
            return file.read()
    with lzma.open(path + '.xz') as file:
        return file.read()


folders = sorted(os.path.join(here, '..', 'model', 'golden', name) for name in os.listdir(os.path.join(here, '..', 'model', 'golden')))
cases = [(read(folder + '/in.o'), read(folder + '/in.syms')) for folder in folders]
cases = [case for case in cases if len(case[0]) < 40000]


def damage(data, choose):
    data = bytearray(data)
    kind = choose.randrange(4)
    if kind == 0:                       # some bytes
        for _ in range(choose.choice([1, 2, 5, 20])):
            data[choose.randrange(len(data))] = choose.randrange(256)
    elif kind == 1:                     # some bits
        for _ in range(choose.choice([1, 3])):
            data[choose.randrange(len(data))] ^= 1 << choose.randrange(8)
    elif kind == 2:                     # the end
        del data[choose.randrange(len(data)):]
    else:                               # a piece over another
        to, start, size = choose.randrange(len(data)), choose.randrange(len(data)), choose.randrange(1, 64)
        data[to:to + size] = data[start:start + size]
    return bytes(data)


def limit():
    limit_time(SECONDS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def check(seed):
    """What is wrong with the runs for a seed, or None."""
    choose = random.Random(seed)
    data, symbols = choose.choice(cases)
    with tempfile.TemporaryDirectory() as scratch:
        path, symtypes = os.path.join(scratch, 'in.o'), os.path.join(scratch, 'symtypes')
        with open(path, 'wb') as file:
            file.write(damage(data, choose))
        options = ['--stable', '--dump-dies', '--dump-versions', '-T', symtypes, path]
        r = subprocess.run([tool] + options, input=symbols, capture_output=True, preexec_fn=limit)
        if SANITIZERS:
            # The address sanitizer wants all the address space there is. After an error nobody frees anything.
            environment = {**os.environ, 'ASAN_OPTIONS': 'detect_leaks=0' if r.returncode else SANITIZERS}
            s = subprocess.run([sanitized] + options, input=symbols, capture_output=True, preexec_fn=lambda: limit_time(SECONDS), env=environment)
            if s.returncode != r.returncode or s.stdout != r.stdout:
                return 'with the sanitizers: exit status %d: %r' % (s.returncode, s.stderr[-2000:])
        if r.returncode == 0:
            return None if r.stdout.count(b'\n') == len(set(symbols.split())) else 'symbols are missing'
        if r.returncode != 1:
            return 'exit status %d: %r' % (r.returncode, r.stderr[-500:])
        if r.stdout or os.path.exists(symtypes):
            return 'output after an error'
        return None if b'error: gendwarfksyms: ' in r.stderr else 'no message'


print('1..%d' % (count // BATCH + 1))
failed = 0
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    for number, start in enumerate(range(first, first + count, BATCH), 1):
        seeds = range(start, start + BATCH)
        bad = [(seed, what) for seed, what in zip(seeds, pool.map(check, seeds)) if what]
        print('%s %d - seeds %d to %d' % ('not ok' if bad else 'ok', number, start, start + BATCH - 1), flush=True)
        for seed, what in bad:
            print('# seed %d: %s' % (seed, what))
        failed += len(bad)
print('ok %d - with the sanitizers, too%s' % (count // BATCH + 1, '' if SANITIZERS else ' # skip no program with them runs on this machine'))
sys.exit(failed > 0)
