#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Random C programs (gen.py): the tool's output is the model's, byte for byte. Also for other machines, if Debian's cross
compilers are installed (packages gcc-MACHINE).

usage: random.t [FIRST-SEED [COUNT]]     (120, or 60 in an emulator)
"""
import concurrent.futures
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, '..', 'lib'))
from bounds import how_many
from loaded import run_loaded

tool = os.environ.get('GENDWARFKSYMS') or os.path.join(here, '..', '..', 'gendwarfksyms') + os.environ.get('SUFFIX', '')
first, count = (int(a) for a in (sys.argv[1:] + ['20000', how_many(120, 60)][len(sys.argv) - 1:])[:2])
compilers = [c.split() for c in ['gcc', 'clang'] if shutil.which(c.split()[0])] or [[os.environ.get('CC', 'cc')]]
flags = ['-g', '-g -O2', '-gdwarf-4', '-gdwarf-5 -fdebug-types-section', '-gdwarf-4 -fdebug-types-section', '-gdwarf-3', '-gdwarf-2 -gstrict-dwarf', '-g -gz',
         '-g -ffunction-sections -fdata-sections', '-g -O1']


cross = [machine + '-gcc' for machine in
         ['aarch64-linux-gnu', 's390x-linux-gnu', 'arm-linux-gnueabihf', 'riscv64-linux-gnu', 'powerpc64le-linux-gnu', 'i686-linux-gnu']]
SKIP = 'this random program does not compile'
CROSS_RUNS = 8                          # for each machine


def read(path):
    with open(path, 'rb') as file:
        return file.read()


def check(run):
    """What differs for a seed: a text, or None."""
    seed, compiler = run
    compiler = compiler + flags[seed // len(compilers) % len(flags)].split()
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run([sys.executable, os.path.join(here, 'gen.py'), str(seed), scratch], check=True)
        obj = os.path.join(scratch, 't.o')
        if subprocess.run([*compiler, '-w', '-c', '-o', obj, os.path.join(scratch, 't.c')], stderr=subprocess.DEVNULL).returncode:
            return SKIP                 # not all random programs are C
        files = [os.path.join(scratch, name) for name in ('t.syms', 'out', 'err', 'symtypes')]

        def run_tool(stdin, stdout, stderr, *arguments):
            with open(stdin, 'rb') as names, open(stdout, 'wb') as out, open(stderr, 'wb') as err:
                return subprocess.run([tool, *arguments], stdin=names, stdout=out, stderr=err, timeout=600).returncode

        def results(run, program, options):
            for path in files[1:]:
                if os.path.exists(path):
                    os.unlink(path)
            status = run(*files[:3], *program, *options, '-T', files[3], obj)
            out, err, symtypes = (read(path) for path in files[1:])
            # The model doesn't give advice.
            return status, out, re.sub(rb'(?m)^warning: gendwarfksyms: (?:kabi: .* matches nothing: |decode: types of ).*\n', b'', err), symtypes
        for mode in ['--stable'], ['--canonical'], [], ['--stable', '--canonical']:
            for dump in [], ['--dump-versions', '--dump-dies']:
                if dump and mode == ['--canonical']:
                    continue
                got = results(run_tool, [], mode + dump)
                want = results(run_loaded, [os.path.join(here, 'model.py')], mode + dump)
                for what, a, b in zip(('exit status', 'stdout', 'stderr', 'symtypes'), want, got):
                    if a != b:
                        return '%s with %s (%s)' % (what, mode + dump, ' '.join(compiler))
    return None


failed = skipped = 0
runs = [(seed, compilers[seed % len(compilers)]) for seed in range(first, first + count)]
for number, compiler in enumerate(cross):
    if shutil.which(compiler):
        runs += [(first + count + number * CROSS_RUNS + i, [compiler]) for i in range(CROSS_RUNS)]
count = len(runs)
print('1..%d' % (count + 1))
# As Python has done it up to 3.13; since then processes would run this file anew.
with concurrent.futures.ProcessPoolExecutor(mp_context=multiprocessing.get_context('fork')) as pool:
    for number, ((seed, compiler), bad) in enumerate(zip(runs, pool.map(check, runs)), 1):
        if bad == SKIP:
            skipped += 1
            print('ok %d - seed %d # SKIP %s' % (number, seed, SKIP))
            continue
        print('%s %d - seed %d, %s' % ('not ok' if bad else 'ok', number, seed, compiler[0]))
        if bad:
            print('# differs: ' + bad)
        failed += bool(bad)
enough = skipped * 4 < count
print('%s %d - three quarters of them compile' % ('ok' if enough else 'not ok', count + 1))
sys.exit(failed > 0 or not enough)
