#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Structures made to break a reader: each run is bounded in time and memory, and gives the right answer or an error
that says what is wrong and where.

Objects are put together here byte by byte: no assembler is quick enough for a million DIEs.
"""
import os
import re
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import zlib

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, '..', 'lib'))
from bounds import limit_time, seconds

tool = os.environ.get('GENDWARFKSYMS') or os.path.join(here, '..', '..', 'gendwarfksyms') + os.environ.get('SUFFIX', '')
sanitized = 'sanitized' in tool
SECONDS, MEMORY = (seconds(300), None) if sanitized else (seconds(30), 6 << 30)
scratch = tempfile.TemporaryDirectory()
tests = failures = 0


def uleb(number):
    out = bytearray()
    while number > 0x7f:
        out.append(number & 0x7f | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


# Abbreviations: code, tag, children, (attribute, form)...
NAME, TYPE, SIZE, ENCODING, ORIGIN, LOCATION, DECLARATION = 0x03, 0x49, 0x0b, 0x3e, 0x31, 0x38, 0x3c
STRING, STRP, REF4, DATA1, UDATA, PRESENT, REF_ADDR, SIG8 = 0x08, 0x0e, 0x13, 0x0b, 0x0f, 0x19, 0x10, 0x20
UNIT, INT, POINTER, VARIABLE, STRUCT, MEMBER, TYPEDEF, FUNCTION, PARAMETER, SUBPROGRAM, NAMESPACE, CONST, ARRAY, \
    NAMED, LONG_MEMBER, FAR, SIGNED, ENUM, ENUMERATOR, LONG_VARIABLE, DATA_POINTER = range(1, 22)
ABBREVIATIONS = {
    UNIT: (0x11, 1), INT: (0x24, 0, (NAME, STRING), (SIZE, DATA1), (ENCODING, DATA1)),
    POINTER: (0x0f, 0, (TYPE, REF4)), VARIABLE: (0x34, 0, (NAME, STRING), (TYPE, REF4)),
    STRUCT: (0x13, 1, (SIZE, DATA1)), MEMBER: (0x0d, 0, (NAME, STRING), (TYPE, REF4), (LOCATION, UDATA)),
    TYPEDEF: (0x16, 0, (NAME, STRING), (TYPE, REF4)), FUNCTION: (0x15, 1), PARAMETER: (0x05, 0, (TYPE, REF4)),
    SUBPROGRAM: (0x2e, 0, (NAME, STRING), (ORIGIN, REF4)), NAMESPACE: (0x39, 1, (NAME, STRP)),
    CONST: (0x26, 0, (TYPE, REF4)), ARRAY: (0x01, 0, (TYPE, REF4)), NAMED: (0x13, 1, (NAME, STRING), (SIZE, DATA1)),
    LONG_MEMBER: (0x0d, 0, (NAME, STRP), (TYPE, REF4)), FAR: (0x34, 0, (NAME, STRING), (TYPE, REF_ADDR)),
    SIGNED: (0x0f, 0, (TYPE, SIG8)), ENUM: (0x04, 1, (NAME, STRP), (SIZE, DATA1)),
    ENUMERATOR: (0x28, 0, (NAME, STRP)), LONG_VARIABLE: (0x34, 0, (NAME, STRP), (TYPE, REF4)),
    DATA_POINTER: (0x0f, 0, (SIZE, DATA1), (TYPE, REF4)),
}
HEADER = 12                             # bytes of a unit header of DWARF 5


def abbreviations(table=ABBREVIATIONS):
    return b''.join(uleb(code) + uleb(tag) + bytes([children]) + b''.join(uleb(a) + uleb(f) for a, f in attributes) +
                    b'\0\0' for code, (tag, children, *attributes) in table.items()) + b'\0'


def ref(offset):
    return struct.pack('<I', offset & 0xffffffff)


def text(value):
    return value.encode() + b'\0'


def unit(dies, abbreviation_offset=0, extra=b'', kind=1):
    body = struct.pack('<HBBI', 5, kind, 8, abbreviation_offset) + extra + dies
    return struct.pack('<I', len(body)) + body


class Dies(bytearray):
    """The DIEs of a unit, from its DW_TAG_compile_unit on."""
    def __init__(self, header=HEADER):
        super().__init__()
        self.header = header
        self.put(UNIT)

    def put(self, code, *values):
        """Adds a DIE; returns its offset in the unit."""
        at = self.header + len(self)
        self += uleb(code) + b''.join(bytes([v]) if isinstance(v, int) else v for v in values)
        return at

    def end(self):
        self += b'\0'

    def here(self):
        return self.header + len(self)


def elf(sections, symbols=('v',), change=None, address=None):
    """An object with these sections and a symbol table, all of it at one address if that is given; `change` may edit the
    section headers."""
    names, strings, table = b'\0', b'\0', bytearray(24)
    for number, name in enumerate(symbols):
        table += struct.pack('<IBBHQQ', len(strings), 0x10, 0, 0xfff1, number if address is None else address, 0)
        strings += name.encode() + b'\0'
    all_sections = [('', 0, b'', 0)] + [(n, 1, d, 0) for n, d in sections.items()]
    all_sections += [('.symtab', 2, bytes(table), len(all_sections) + 1), ('.strtab', 3, strings, 0)]
    for name in [s[0] for s in all_sections] + ['.shstrtab']:
        names += name.encode() + b'\0'
    all_sections.append(('.shstrtab', 3, names, 0))
    body, headers = bytearray(64), []
    for name, kind, data, link in all_sections:
        headers.append([names.index(b'\0' + name.encode() + b'\0') + 1 if name else 0, kind, 0, 0, len(body), len(data),
                        link, 1, 1, 24 if kind == 2 else 0])
        body += data
    headers[0][4] = 0
    if change:
        change(headers, {s[0]: n for n, s in enumerate(all_sections)})
    body[:64] = struct.pack('<16sHHIQQQIHHHHHH', b'\x7fELF\2\1\1', 1, 62, 1, 0, 0, len(body), 0, 64, 0, 0, 64,
                            len(headers), len(headers) - 1)
    return bytes(body) + b''.join(struct.pack('<IIQQQQIIQQ', *h) for h in headers)


def dwarf(info, abbrev=None, **more):
    sections = {'.debug_info': bytes(info), '.debug_abbrev': abbreviations() if abbrev is None else abbrev}
    for name, data in more.items():
        sections['.' + name] = data
    return sections


def run(data, symbols='v\n', *options, memory=MEMORY):
    def limit():
        limit_time(SECONDS)
        if MEMORY:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    path = os.path.join(scratch.name, 'in.o')
    with open(path, 'wb') as file:
        file.write(data)
    try:
        # One that waits takes no CPU time.
        r = subprocess.run([tool, *options, path], input=symbols.encode(), stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, timeout=20 * SECONDS, preexec_fn=limit)
    except subprocess.TimeoutExpired:
        return None
    return None if r.returncode == -signal.SIGXCPU else r


def report(good, name, why=''):
    global tests, failures
    tests += 1
    failures += not good
    print('%sok %d - %s' % ('' if good else 'not ', tests, name), flush=True)
    if not good:
        print('# ' + why.replace('\n', '\n# '))


def answers(name, data, want, symbol='v', options=(), symbols=None):
    """The version of a symbol is that of the string `want`."""
    r = run(data, symbols or symbol + '\n', *options)
    if r is None or r.returncode:
        return report(False, name, 'took too long' if r is None else 'status %d: %s' % (r.returncode, r.stderr[-500:].decode()))
    line = '#SYMVER %s 0x%08x' % (symbol, zlib.crc32(want.encode()))
    report(line in r.stdout.decode().split('\n'), name, 'want %s in %s' % (line[-200:], r.stdout[-300:].decode()))


def fails(name, data, pattern, options=(), symbols='v\n', memory=MEMORY):
    """An error, with a message of one line that matches; nothing on stdout."""
    r = run(data, symbols, *options, memory=memory)
    if r is None:
        return report(False, name, 'took too long')
    message = r.stderr.decode('utf-8', 'replace').rstrip('\n').split('\n')[-1]
    good = r.returncode == 1 and not r.stdout and message.startswith('error: gendwarfksyms: ') and re.search(pattern, message)
    report(bool(good), name, 'status %d, message: %s' % (r.returncode, message[:500]))


def with_int(dies):
    return dies.put(INT, text('int'), 4, 5)


INT_STRING = 'base_type int byte_size(4) encoding(5)'


# Depth

def chain(count):
    dies = Dies()
    size = 6
    start = dies.here()
    for number in range(count - 1):
        dies += b'%c\x08' % DATA_POINTER + ref(start + (number + 1) * size)
    dies.put(DATA_POINTER, 8, ref(start + count * size))
    with_int(dies)
    dies.put(VARIABLE, text('v'), ref(start))
    dies.end()
    return elf(dwarf(unit(dies)))


def chain_string(count):
    return 'variable ' + 'pointer_type { ' * count + INT_STRING + ' } byte_size(8)' * count


answers('a chain of 1,000,000 pointers', chain(1000000), chain_string(1000000))
answers('... of 20,000 with all dumps', chain(20000), chain_string(20000), options=('--dump-dies', '--dump-versions'))


def doubling(levels, code, *attributes):
    dies = Dies()
    inner = with_int(dies)
    for level in range(levels):
        outer = dies.put(code, *attributes)
        for name in 'ab':
            if code == STRUCT:
                dies.put(MEMBER, text(name), ref(inner), 0)
            else:
                dies.put(PARAMETER, ref(inner))
        dies.end()
        inner = dies.put(TYPEDEF, text('t%d' % level), ref(outer)) if code == FUNCTION else outer
    dies.put(VARIABLE, text('v'), ref(inner))
    dies.end()
    return elf(dwarf(unit(dies)))


def doubled(levels):
    string = INT_STRING
    for _ in range(levels):
        string = 'structure_type { member %s a data_member_location(0) , member %s b data_member_location(0) } byte_size(4)' \
            % (string, string)
    return 'variable ' + string


answers('unnamed structures that double the string 12 times', doubling(12, STRUCT, 4), doubled(12))
fails('... 64 times', doubling(64, STRUCT, 4), r'a type string of more than 67108864 bytes \(DIE 0x[0-9a-f]+ in ')
fails('a dump that doubles 64 times', doubling(64, FUNCTION), r'a dump of more than \d+ DIEs, or \d+ bytes \(DIE 0x', ('--dump-dies',))
dies = Dies()
inner = dies.put(NAMED, text('n' * 1000000), 4)
dies.end()
for level in range(12):
    outer = dies.put(FUNCTION)
    for _ in range(2):
        dies.put(PARAMETER, ref(inner))
    dies.end()
    inner = dies.put(TYPEDEF, text('t%d' % level), ref(outer))
dies.put(VARIABLE, text('v'), ref(inner))
dies.end()
with open(os.path.join(scratch.name, 'dump.o'), 'wb') as file:
    file.write(elf(dwarf(unit(dies))))
last = subprocess.run(['sh', '-c', '"$0" --dump-dies "$1" 2>&1 | tail -n 1', tool, file.name], input=b'v\n', stdout=subprocess.PIPE).stdout
report(re.match(rb'error: gendwarfksyms: die: a dump of more than \d+ DIEs, or 268435456 bytes \(DIE 0x', last), '... with a name of 1 MB in it', repr(last[:500]))


def redefined(count, levels):
    """Definitions of one name, the same all, each as large as can be."""
    dies = Dies()
    inner = with_int(dies)
    for level in range(levels):
        outer = dies.put(STRUCT, 4)
        for name in 'ab':
            dies.put(MEMBER, text(name), ref(inner), 0)
        dies.end()
        inner = outer
    definitions = []
    for _ in range(count):
        definitions.append(dies.put(NAMED, text('s'), 4))
        dies.put(MEMBER, text('m'), ref(inner), 0)
        dies.end()
    everything = dies.put(NAMED, text('all'), 4)
    for definition in definitions:
        dies.put(MEMBER, text('m'), ref(definition), 0)
    dies.end()
    dies.put(VARIABLE, text('v'), ref(everything))
    dies.end()
    return elf(dwarf(unit(dies)))


for options in (('--canonical',), ('-c', '/dev/null')):
    fails('2,000 definitions of one name and many megabytes: ' + options[0], redefined(2000, 16),
          r"definitions of 's#s' and of other types take more than \d+ bytes to compare \(DIE 0x", options)


def nested(depth):
    """Structures defined in structures: to read the members of one is to pass over all that are in it."""
    dies = Dies()
    first = dies.here()
    step = 3 + 8                        # NAMED "" size, MEMBER "" type location
    for level in range(depth):
        dies.put(NAMED, text(''), 4)
        dies.put(MEMBER, text('m'), ref(first + (level + 1) * step), 0)
    inner = with_int(dies)
    assert inner == first + depth * step, (inner, first, depth)
    for level in range(depth):
        dies.end()
    dies.put(VARIABLE, text('v'), ref(first))
    dies.end()
    return elf(dwarf(unit(dies)))


fails('100,000 structures in each other', nested(100000),
      r"in.o' is damaged: its lists of children overlap or are nested so deeply")

# Width

dies = Dies()
integer = with_int(dies)
wide = dies.put(NAMED, text('wide'), 4)
for number in range(100000):
    dies.put(MEMBER, text('m%d' % number), ref(integer), uleb(4 * number))
dies.end()
dies.put(VARIABLE, text('v'), ref(wide))
dies.end()
answers('100,000 members', elf(dwarf(unit(dies))), 'variable structure_type wide { ' + ' , '.join(
    'member %s m%d data_member_location(%d)' % (INT_STRING, n, 4 * n) for n in range(100000)) + ' } byte_size(4)')

long = 'n' * (1 << 20)
dies = Dies()
integer = with_int(dies)
named = dies.put(NAMED, text(long), 4)
dies.put(MEMBER, text(long + 'm'), ref(integer), 0)
dies.end()
dies.put(VARIABLE, text(long + 'v'), ref(named))
dies.end()
answers('names of 1 MB', elf(dwarf(unit(dies)), [long + 'v']), 'variable structure_type %s { member %s %sm data_member_location(0) } '
        'byte_size(4)' % (long, INT_STRING, long), long + 'v', ('--dump-dies', '--dump-versions', '--dump-types'))

strings = b'\0' + long.encode() + b'\0'
dies = Dies()
integer = with_int(dies)
named = dies.put(STRUCT, 4)
for _ in range(100):
    dies.put(LONG_MEMBER, ref(1), ref(integer))
dies.end()
dies.put(VARIABLE, text('v'), ref(named))
dies.end()
fails('100 members that share a name of 1 MB', elf(dwarf(unit(dies), debug_str=strings)), r'more than 67108864 bytes \(DIE 0x')

dies = Dies()
named = dies.put(ENUM, ref(1), 4)
dies.end()
holder = dies.put(NAMED, text('s'), 4)
for _ in range(4000):
    dies.put(MEMBER, text('m'), ref(named), 0)
dies.end()
dies.put(VARIABLE, text('v'), ref(holder))
dies.end()
fails('4,000 members whose type has such a name', elf(dwarf(unit(dies), debug_str=strings)), r'more than 67108864 bytes \(DIE 0x', memory=1 << 30)

dies = Dies()
integer = with_int(dies)
first = dies.here()
for number in range(20000):
    dies.put(STRUCT, 4)
    for _ in range(3):
        dies.put(LONG_MEMBER, ref(1), ref(integer))
    dies.end()
size = (dies.here() - first) // 20000
all_of_them = dies.put(STRUCT, 4)
for number in range(20000):
    dies.put(LONG_MEMBER, ref(0), ref(first + number * size))
dies.end()
dies.put(VARIABLE, text('v'), ref(all_of_them))
dies.end()
fails('20,000 structures with 3 such members', elf(dwarf(unit(dies), debug_str=strings)), r'more than \d+ bytes')

dies = Dies()
for _ in range(20000):
    dies.put(NAMESPACE, ref(1))
integer = with_int(dies)
structures = []
for number in range(2000):
    structures.append(dies.put(NAMED, text('s'), 4))
    dies.end()
for _ in range(20000):
    dies.end()
for number, at in enumerate(structures):
    dies.put(VARIABLE, text('v%d' % number), ref(at))
dies.end()
names = ''.join('v%d\n' % n for n in range(2000))
# (A program of 32 bits has no 4 GiB.)
fails('20,000 namespaces in each other that share a name of 1 MB', elf(dwarf(unit(dies), debug_str=strings)),
      (r'the types need more than \d+ bytes of memory' if struct.calcsize('P') == 8 else r'out of memory \(\d+ bytes wanted\)') + ", in '.*in.o'$", symbols=names)

dies = Dies()
integer = with_int(dies)
for _ in range(300000):
    dies.put(LONG_VARIABLE, ref(1), ref(integer))
dies.put(VARIABLE, text('v'), ref(integer))
dies.end()
answers('300,000 variables that share a name of 1 MB', elf(dwarf(unit(dies), debug_str=strings)), 'variable ' + INT_STRING)

dies = Dies()
enumeration = dies.put(ENUM, ref(1), 4)
for _ in range(50):
    dies.put(ENUMERATOR, ref(1))
dies.end()
dies.put(VARIABLE, text('v'), ref(enumeration))
dies.end()
RULES = 'discard.gendwarfksyms.kabi_rules'
answers('long names of enumerators with rules for others', elf(dwarf(unit(dies), debug_str=strings, **{
    RULES: b'1\0enumerator_ignore\0a b\0\0'})), 'variable enumeration_type %s { %s } byte_size(4)' % (
        long, ' , '.join(['enumerator ' + long] * 50)), options=('--stable',))

# Cycles

def cycle(*codes):
    """DIEs of which each refers to the next, the last to the first."""
    offsets = [0] * len(codes)
    for _ in range(2):
        dies = Dies()
        for number, code in enumerate(codes):
            following = ref(offsets[(number + 1) % len(codes)])
            offsets[number] = dies.here()
            if code == STRUCT:
                dies.put(STRUCT, 4)
                dies.put(MEMBER, text('m'), following, 0)
                dies.end()
            elif code == NAMED:
                dies.put(NAMED, text('s'), 4)
                dies.put(MEMBER, text('m'), following, 0)
                dies.end()
            elif code == FUNCTION:
                dies.put(FUNCTION)
                dies.put(PARAMETER, following)
                dies.end()
            elif code == TYPEDEF:
                dies.put(TYPEDEF, text('t'), following)
            else:
                dies.put(code, following)
        dies.put(VARIABLE, text('v'), ref(offsets[0]))
        dies.end()
    return elf(dwarf(unit(dies)))


for codes in ((POINTER,), (CONST,), (ARRAY,), (FUNCTION,), (POINTER, CONST, ARRAY), (STRUCT,), (STRUCT, POINTER),
              (TYPEDEF,), (TYPEDEF, TYPEDEF), (TYPEDEF, POINTER), (FUNCTION, TYPEDEF)):
    words = {POINTER: 'pointer', CONST: 'const', ARRAY: 'array', FUNCTION: 'function', STRUCT: 'unnamed structure', TYPEDEF: 'typedef'}
    for options in ((), ('--dump-dies',)):
        fails('a cycle: ' + ', '.join(words[c] for c in codes) + ' '.join(('',) + options), cycle(*codes),
              r'an endless type: it contains itself .*\(DIE 0x[0-9a-f]+ in ', options)
answers('a structure that contains itself', cycle(NAMED),
        'variable structure_type s { member s#s m data_member_location(0) } byte_size(4)', options=('--dump-dies',))
answers('... by way of a typedef and a pointer', cycle(NAMED, TYPEDEF, POINTER), 'variable structure_type s { member typedef_type t '
        '{ pointer_type { s#s } } m data_member_location(0) } byte_size(4)', options=('--dump-dies',))

dies = Dies()
loop = dies.here()
dies.put(SUBPROGRAM, text('v'), ref(loop))
other = dies.here()
dies.put(SUBPROGRAM, text('f'), ref(other + 7))
dies.put(SUBPROGRAM, text('f'), ref(other))
dies.end()
answers('abstract origins that loop', elf(dwarf(unit(dies)), ('v', 'f')), 'subprogram ( ) -> base_type void', symbols='v\nf\n')

# Type units that refer to each other; the signature of one that isn't there.
def type_unit(signature, other, name):
    dies = Dies(HEADER + 12)
    pointer_size = 9
    at = dies.here() + pointer_size
    pointer = dies.put(SIGNED, struct.pack('<Q', other))
    dies.put(NAMED, text(name), 4)
    dies.put(MEMBER, text('m'), ref(pointer), 0)
    dies.end()
    dies.end()
    return unit(dies, 0, struct.pack('<QI', signature, at), 2)


dies = Dies()
pointer = dies.put(SIGNED, struct.pack('<Q', 1))
dies.put(VARIABLE, text('v'), ref(pointer))
dies.end()
answers('type units that refer to each other', elf(dwarf(unit(dies) + type_unit(1, 2, 'a') + type_unit(2, 1, 'b'))),
        'variable pointer_type { structure_type a { member pointer_type { structure_type b { member pointer_type { s#a } m '
        'data_member_location(0) } byte_size(4) } m data_member_location(0) } byte_size(4) }', options=('--dump-dies',))

# References to nowhere

for what, offset in (('the middle of a DIE', 13), ('its unit header', 3), ('behind its unit', 4000), ('nowhere', 0xfffffff0)):
    dies = Dies()
    with_int(dies)
    dies.put(VARIABLE, text('v'), ref(offset + (offset == 13)))
    dies.end()
    other = Dies()
    with_int(other)
    other.end()
    fails('a reference to ' + what, elf(dwarf(unit(dies) + unit(other))), r'\(DIE 0x[0-9a-f]+ in ')
dies = Dies()
with_int(dies)
dies.put(FAR, text('v'), ref(len(unit(dies)) + 1 + 7 + 7))
dies.end()
other = Dies()
with_int(other)
other.end()
fails('... into another unit, not to a DIE', elf(dwarf(unit(dies) + unit(other))), r'\(DIE 0x[0-9a-f]+ in ')

# Abbreviations

dies = Dies()
integer = with_int(dies)
dies.put(LONG_VARIABLE + 40, text('v'), ref(integer))
dies.end()
attributes = [(0x3fe0, PRESENT)] * 3000000
table = dict(ABBREVIATIONS)
table[LONG_VARIABLE + 40] = (0x34, 0, (NAME, STRING), *attributes, (TYPE, REF4))
answers('an abbreviation of 3,000,000 attributes', elf(dwarf(unit(dies), abbreviations(table))), 'variable ' + INT_STRING)
table[LONG_VARIABLE + 40] = (0x34, 0, (NAME, STRING), *[(0x3fe0, 0x0d)] * 3000000, (TYPE, REF4))
fails('... that the DIE is too short for', elf(dwarf(unit(dies), abbreviations(table))), r"'.*in.o' is damaged: a DIE ends too early, at 0x%x of .debug_info$" % len(unit(dies)))

many = b''.join(uleb(n + 1) + b'\x11\0\0\0' for n in range(100000))
units = b''.join(unit(b'\0', offset) for offset in range(0, len(many), 7))
fails('tables of abbreviations that overlap', elf(dwarf(units, many + b'\0')), r"in.o' is damaged: a table of abbreviations is read for so many units")

table = {code: ABBREVIATIONS[code] for code in (UNIT, INT, VARIABLE)}
table.update((100 + number, (0x0d, 0, (NAME, STRING), (TYPE, REF4), (LOCATION, UDATA))) for number in range(5000))
units = b''
for number in range(20000):
    dies = Dies()
    dies.put(VARIABLE, text('v%d' % number), ref(with_int(dies)))
    dies.end()
    units += unit(dies)
names = ['v%d' % number for number in range(20000)]
answers('20,000 units with one large table of abbreviations', elf(dwarf(units, abbreviations(table)), names), 'variable ' + INT_STRING,
        'v19999', symbols='\n'.join(names))

table = dict(ABBREVIATIONS)
table[100] = (0x2e, 0, *[(0x3fe0, UDATA)] * 40000)
table[101] = (0x2e, 0, (ORIGIN, REF4))
dies = Dies()
with_int(dies)
origin = dies.put(100, bytes(40000))
for _ in range(40000):
    dies.put(101, ref(origin))
dies.end()
fails('40,000 functions with one origin of 40,000 attributes', elf(dwarf(unit(dies), abbreviations(table))),
      r"in.o' is damaged: .* would take forever")
table[102] = (0x0f, 0, *[(0x3fe0, UDATA)] * 100000, (TYPE, REF4))
dies = Dies()
integer = with_int(dies)
pointer = dies.put(102, bytes(100000), ref(integer))
for _ in range(6000):
    dies.put(VARIABLE, text('__gendwarfksyms_ptr_v'), ref(pointer))
dies.end()
fails('6,000 symbol pointers of one type of 100,000 attributes', elf(dwarf(unit(dies), abbreviations(table))), r"in.o' is damaged: .* would take forever")
table[103] = (0x0d, 0, (NAME, STRING), *[(0x3fe0, UDATA)] * 40000, (TYPE, REF4))
table[104] = (0x17, 1, (SIZE, DATA1))
dies = Dies()
integer = with_int(dies)
union = dies.put(104, 4)
dies.put(103, text('__kabi_reserved0'), bytes(40000), ref(integer))
dies.end()
struct_at = dies.put(NAMED, text('s'), 4)
for _ in range(5000):
    dies.put(MEMBER, text('m'), ref(union), 0)
dies.end()
dies.put(VARIABLE, text('v'), ref(struct_at))
dies.end()
fails('5,000 members of one union with reserved room of 40,000 attributes', elf(dwarf(unit(dies), abbreviations(table))), r"in.o' is damaged: .* would take forever",
      options=('--stable',))

# Line tables

table = dict(ABBREVIATIONS)
table[UNIT] = (0x11, 1, (0x10, 0x17))
table[NAMED] = (0x13, 1, (NAME, STRING), (0x3a, DATA1))
dies = Dies()
dies[1:] = ref(0)
struct_at = dies.put(NAMED, text('s'), 0)
dies.end()
dies.put(VARIABLE, text('v'), ref(struct_at))
dies.end()
lines = struct.pack('<HBBIBBBBBB', 5, 8, 0, 0, 1, 1, 1, 0xfb, 14, 1) + b'\0\0\xff' + bytes([2, PRESENT]) * 255 + uleb(1000000) + bytes(1000000)
fails('a million files with 255 values that take no bytes', elf(dwarf(unit(dies), abbreviations(table), debug_line=ref(len(lines)) + lines)),
      r'a value in a line table, in form 0x19 \(DIE ')

# Aliases

for what, count, prefix in (('60,000 aliases, each with a variable', 60000, ''),
                            ('10,000 aliases, each with a symbol pointer', 10000, '__gendwarfksyms_ptr_')):
    dies = Dies()
    integer = with_int(dies)
    pointer = dies.put(POINTER, ref(integer))
    for number in range(count):
        dies.put(VARIABLE, text('%ss%d' % (prefix, number)), ref(pointer if prefix else integer))
    dies.end()
    names = ['s%d' % number for number in range(count)]
    answers(what, elf(dwarf(unit(dies)), names, address=1), 'variable ' + INT_STRING, 's%d' % (count // 2), symbols='\n'.join(names) + '\n')

# Abbreviations once more, the symbol table, relocations, rules, the list of symbols

dies = Dies()
integer = with_int(dies)
dies.put(VARIABLE, text('v'), ref(integer))
dies.end()
plain = dwarf(unit(dies))

few = {code: ABBREVIATIONS[code] for code in (VARIABLE, UNIT, INT)}
wrong = abbreviations({code: (0x9999, 0) for code in ABBREVIATIONS})
answers('abbreviations from the last code to the first', elf(dwarf(unit(dies), abbreviations(dict(reversed(ABBREVIATIONS.items()))))), 'variable ' + INT_STRING)
answers('... with codes left out', elf(dwarf(unit(dies), abbreviations(few))), 'variable ' + INT_STRING)
answers('... twice: the first counts', elf(dwarf(unit(dies), abbreviations()[:-1] + wrong)), 'variable ' + INT_STRING)


def changed(field, value, section='.symtab'):
    def change(headers, numbers):
        headers[numbers[section]][field] = value
    return elf(plain, change=change)


for name, object_file in (('a size beyond the file', changed(5, 1 << 40)), ('an offset beyond the file', changed(4, 1 << 40)),
                          ('a link to nowhere', changed(6, 99)), ('names that end in the middle', changed(5, 1, '.strtab')), ('names without bytes', changed(1, 8, '.strtab'))):
    fails('a symbol table with ' + name, object_file, r"(?:symbol|section).*'.*in.o'|'.*in.o'.*(?:symbol|section)")
answers('... with entries of size 0', changed(9, 0), 'variable ' + INT_STRING)
answers('... with a wrong number of local symbols', changed(7, 1 << 31), 'variable ' + INT_STRING)


def no_relocations(headers, numbers):
    header = headers[numbers['.rela.debug_info']]
    header[1], header[6], header[7] = 4, numbers['.symtab'], numbers['.debug_info']


answers('a section of relocations that has none', elf({**plain, '.rela.debug_info': b''}, change=no_relocations), 'variable ' + INT_STRING)

RULE = b'1\0byte_size\0struct_%06d\0008\0'
rules = b''.join(RULE % n for n in range(100000000 // len(RULE % 0)))
answers('kABI rules of 100 MB', elf(dwarf(unit(dies), **{RULES: rules})), 'variable ' + INT_STRING, options=('--stable',))
fails('kABI rules without bytes', elf(dwarf(unit(dies), **{RULES: RULE % 0}), change=lambda headers, numbers:
                                      headers[numbers['.' + RULES]].__setitem__(1, 8)), r'kABI rules of .* has no content', ('--stable',))
fails('100 MB in which no rule ends', elf(dwarf(unit(dies), **{RULES: b'1' * 100000000})), r'kABI rules of .* NUL-terminated', ('--stable',))
fails('100 MB of which no rule is one', elf(dwarf(unit(dies), **{RULES: bytes(100000000)})), r'kABI rule', ('--stable',))
rules = b'1\0type_string\0s#s\0' + b's#a ' * 1000000 + b'\0' + b'1\0type_string\0s#a\0x\0'
answers('a type_string rule of 1,000,000 references', elf(dwarf(unit(dies), **{RULES: rules + b'1\0type_string\0v\0s#s\0'})),
        'x' + 's#a ' * 0 + ' s#a' * 999999 + ' ', options=('--stable',))

names = ''.join('symbol_number_%d\n' % n for n in range(1000000))
answers('1,000,000 names on stdin', elf(plain), 'variable ' + INT_STRING, symbols=names + 'v\n')
answers('a name of 1 MB on stdin', elf(plain), 'variable ' + INT_STRING, symbols=long + '\nv\n')
fails('10 MB of blanks on stdin', elf(plain), r'malformed input line', symbols=' ' * 10000000)
fails('1,000,000 empty lines on stdin', elf(plain), r'malformed input line:  \(line 1 on standard input has no name of a symbol\)$', symbols='\n' * 1000000)

print('1..%d' % tests)
sys.exit(failures > 0)
