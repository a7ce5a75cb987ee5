#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# FORMAT.md, section 10: input files; 11: bad input.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my $source = "struct s { int a; long b[3]; struct s *next; enum e { A, B } e; };\n---\nstruct s v;\nint f(struct s *s) { return s->a; }\n";
my $int = 'base_type int byte_size(4) encoding(5)';

# Every way to make an object of it gives the model's answer
my $cc = $ENV{CC} || 'cc';
my @flags = (['-gdwarf-2', '-gstrict-dwarf'], ['-gdwarf-3'], ['-gdwarf-4'], ['-gdwarf-5'], ['-gz'], ['-gz=zlib-gnu'], ['-O2'], ['-ffunction-sections', '-fdata-sections'],
	['-gdwarf-5', '-fdebug-types-section'], ['-gdwarf-4', '-fdebug-types-section'], ['-m32']);
for my $flags (@flags) {
	my $object = eval { c_object($source, @$flags) };
	SKIP: {
		skip "$cc @$flags does not work here", 1 if !$object;
		same_as_model(['v', 'f'], [], $object, "$cc @$flags");
	}
}
# Linked: ET_EXEC, ET_DYN, ET_REL of several units
my @objects = map { c_object($_, "-fPIC") } "struct s { int a; };\n---\nstruct s one; int main(void) { return 0; }\n", "struct s { int a; };\n---\nstruct s two;\n";
for (['-no-pie', 'ET_EXEC'], ['-pie', 'ET_DYN'], ['-shared -nostdlib', 'ET_DYN without main'], ['-r -nostdlib', 'ET_REL of two units'], ['-no-pie -Wl,--compress-debug-sections=zlib', 'compressed ET_EXEC']) {
	my ($how, $name) = @$_;
	my $linked = "$scratch/linked" . ($how =~ s/\W//gr);

	my $r = command('', split(' ', $cc), split(' ', $how), '-o', $linked, @objects);
	die $r->{err} if $r->{status};
	same_as_model(['one', 'two'], [], $linked, $name);
	string_is($linked, 'two', "variable structure_type s { member $int a data_member_location(0) } byte_size(4)", "$name: the second unit");
}
# A separate file with the debugging information, found by its name or by the build ID
my $linked = "$scratch/linkednopie";
my $want = run(['one', 'two'], [], $linked);
command('', 'objcopy', '--only-keep-debug', $linked, "$scratch/split.debug");
command('', 'objcopy', '--strip-debug', "--add-gnu-debuglink=$scratch/split.debug", $linked, "$scratch/split");
my $r = run(['one', 'two'], [], "$scratch/split");
is($r->{out} . $r->{symtypes}, $want->{out} . $want->{symtypes}, '.gnu_debuglink');
unlink "$scratch/split.debug";
{
	local $ENV{DEBUGINFOD_URLS} = "file://$scratch/none http://127.0.0.1:1/";
	fails_with("$scratch/split", ['one'], qr/no debugging information in '.*split'/, 'the separate file is not there, and no server is asked');
}
SKIP: {
	my $bad = die_object("compile_unit\n  \@t 0x4099\n  variable name=v type=\@t\n%symbol v\n");
	skip 'objects of dwarf-as cannot be linked here', 1 if command('', split(' ', $cc), '-shared', '-nostdlib', '-o', "$scratch/bad.so", $bad)->{status} ne '0';
	command('', 'objcopy', '--only-keep-debug', "$scratch/bad.so", "$scratch/bad.debug");
	command('', 'objcopy', '--strip-debug', "--add-gnu-debuglink=$scratch/bad.debug", "$scratch/bad.so");
	fails_with("$scratch/bad.so", ['v'], qr/unexpected type: 0x4099 \(DIE 0x[0-9a-f]+ in '\Q$scratch\E\/bad\.debug'\)$/, 'an error in the separate file names that');
}
# Sections in a group are not seen: the type is void
like(run(['v'], [], c_object($source, '-fdebug-types-section'))->{symtypes}, qr/^v variable structure_type \{ \}$/m, 'type units in a group are not seen')
	if `$cc --version` =~ /gcc|GCC|Free Software/;

# Other byte orders and classes, by hand: see golden.t for those of compilers.
same_as_model(['v'], [], die_object("compile_unit dwarf64\n  \@s structure_type name:strp=s byte_size=4\n    member name:line_strp=m type=\@p\n  \@p pointer_type type:ref_addr=\@s\n"
	. "  variable name=v type=\@s\n"), 'DWARF64');
same_as_model(['v'], [], die_object("compile_unit version=2 address_size=4\n  \@s structure_type name=s\n  \@p pointer_type type:ref_addr=\@s\n  variable name=v type=\@p\n"), 'DW_FORM_ref_addr in DWARF 2');
string_is(die_object("compile_unit\n  structure_type name=s byte_size=4 sibling=\@v\n    member name=m\n    variable name=hidden\n  \@v variable name=v\n"), 'v', 'variable base_type void', 'DW_AT_sibling');
string_is(die_object("compile_unit\n  union_type name=s byte_size=4 sibling:ref4=3\n    member name=m\n  variable name=v\n"), 'v', 'variable base_type void', 'DW_AT_sibling that leads back');
string_is(die_object("compile_unit\n  union_type name=s byte_size=4 sibling:ref4=99999\n    member name=m\n  variable name=v\n"), 'v', 'variable base_type void', '... or out of the unit');

# Bad input. Each: exit status 1, the file and the reason named, nothing on stdout, no symtypes file.
my $v = die_object("compile_unit\n  variable name=v\n");
my $good = slurp($v);
sub bad {
	my ($path, $want, $name) = @_;
	fails_with($path, ['v'], qr/\Q$path\E.*$want|$want.*\Q$path\E/, $name);
	fails_with([$v, $path], ['v'], qr/\Q$path\E/, "... also as the second file");
}
bad("$scratch/missing.o", 'No such file', 'a missing file');
bad(spew("$scratch/empty.o", ''), 'not an ELF file', 'an empty file');
bad(spew("$scratch/text.o", "int x;\n" x 1000), 'not an ELF file', 'a text file');
mkdir "$scratch/folder";
bad("$scratch/folder", 'directory', 'a directory');
command('', 'ar', 'rc', "$scratch/archive.a", $v);
bad("$scratch/archive.a", 'archive', 'an archive');
bad(spew("$scratch/magic.o", substr($good, 0, 4)), 'ELF', 'nothing but the magic number');
command('', 'objcopy', '--strip-debug', $v, "$scratch/stripped.o");
bad("$scratch/stripped.o", 'no debugging information', 'an object without debugging information');
is(run(['v'], [], $v)->{out}, symver(['v', crc('variable base_type void')]), 'an object without the symbol in its symbol table');
command('', 'objcopy', '--strip-all', '--keep-section=.debug*', $linked, "$scratch/nosymbols");
$r = command('', 'nm', "$scratch/nosymbols");
like($r->{err}, qr/no symbols/, 'a file without symbols');
is(run(['one', 'two'], [], "$scratch/nosymbols")->{out}, $want->{out}, '... has its versions from DWARF alone');
my $outcomes = '';
for (my $size = 1; $size < length $good; $size += 7) {
	my $r = run(['v'], ['--stable'], spew("$scratch/truncated.o", substr($good, 0, $size)));
	$outcomes .= "$size: $r->{status} $r->{err}" if $r->{status} !~ /^[01]$/ || $r->{status} eq '1' && ($r->{out} ne '' || $r->{err} !~ /^error: .*truncated\.o/m);
}
is($outcomes, '', 'truncated objects');
# A machine that no libdw knows
my $foreign = $good;
substr($foreign, 0x12, 2) = "\xfe\xed";
bad(spew("$scratch/foreign.o", $foreign), 'machine 6(?:5261|0926): .*elfutils [\d.]+', 'an object for a machine that libdw does not know');
SKIP: {
	# Programs of 32 bits have to ask for offsets of 64.
	my $large = spew("$scratch/large.o", $good);
	truncate $large, 3 << 30 or skip "no file of 3 GiB here: $!", 1;
	is(run(['v'], [], $large)->{out}, run(['v'], [], $v)->{out}, 'an object in a file of 3 GiB');
	unlink $large;
}
SKIP: {
	skip 'root may read everything', 1 if $> == 0;
	chmod 0, spew("$scratch/secret.o", $good);
	bad("$scratch/secret.o", 'Permission denied', 'an unreadable file');
}

# Damaged DWARF, by hand
sub damaged {
	my ($description, $want, $name) = @_;
	fails_with(die_object($description), ['v'], qr/$want.*\.o'|\.o'.*$want/, $name);
}
damaged("compile_unit version=1\n  variable name=v\n", 'unit 1: invalid DWARF version', 'an unknown version');
damaged("compile_unit\n  variable name=v 0x9999:0x7777=3\n", 'unknown form 0x7777', 'an unknown form');
damaged("compile_unit\n  variable name=v 0x9999:0x41=3\n", 'unknown form 0x41', '... beside those of DWARF 5 and of GNU');
damaged("compile_unit\n  variable name:strp=77777\n", '\.debug_str', 'a name out of bounds');
damaged("compile_unit\n  variable name=v type:ref4=0x7fffffff\n", 'refers to no DIE', 'a type reference out of bounds');
damaged("compile_unit\n  variable name=v abstract_origin:ref4=0x7fffffff\n", 'refers to no DIE', 'an abstract origin out of bounds');
damaged("compile_unit\n  variable name=v 0x9999:block4=00112233\n%section .debug_info\n%asm .4byte 100\n%asm .2byte 5\n", 'the header of unit 2', 'a unit beyond its section');
damaged("compile_unit\n  variable name=v 0x9999:udata=1\n%section .debug_info\n%asm .4byte 9\n%asm .2byte 5\n%asm .byte 1, 8\n%asm .4byte 0\n%asm .byte 99\n", 'unknown abbreviation 99',
	'an unknown abbreviation');
damaged("compile_unit\n  variable name=v\n%section .debug_info\n%asm .4byte 10\n%asm .2byte 5\n%asm .byte 1, 8\n%asm .4byte 0x7fff\n%asm .byte 1, 0\n", 'unit 2: invalid offset', 'abbreviations out of bounds');
for my $stmt (77777, 0) {
	damaged("compile_unit stmt_list:sec_offset=$stmt\n  \@s structure_type name=s decl_file=1\n  variable name=v type=\@s\n", 'line table', "a line table out of bounds ($stmt)");
}
my $variant = die_object("\@r variant discr_value=1\n  variable name=v type=\@r\n");
is(version_of($variant, 'v', @$_), crc((@$_ ? 'canonical(2) ' : '') . 'variable variant { } discr_value(1)'), "a unit that is a variant (@$_)") for [], ['--canonical'];

# Output that fails
{
	my $long = c_object(join('', map {"int v$_;"} 1 .. 100));
	my $r = command(join("\n", map {"v$_"} 1 .. 100), '/bin/sh', '-c', "ulimit -f 1; exec $tool -T $scratch/limited $long >&2");
	like("$r->{status} $r->{err}" . join(' ', glob "$scratch/limited*"), qr/^1 error: .*limited': File too large\n\z/, 'a file that would become too long');
}
SKIP: {
	skip 'no /dev/full', 3 if !-e '/dev/full';
	my $r = command("v\n", '/bin/sh', '-c', "$tool $v > /dev/full");
	is($r->{status}, 1, 'standard output is full');
	like($r->{err}, qr/^error: gendwarfksyms: \w+: .*No space left/m, '... the message says so');
	$r = command("v\n", $tool, '-T', '/dev/full', $v);
	is($r->{status} . $r->{out}, '1', 'the symtypes file is full');
	like($r->{err}, qr/^error: gendwarfksyms: \w+: .*\/dev\/full.*No space left/m, '... the message says so');
	spew("$scratch/before", "before\n");
	$r = command("v\n", '/bin/sh', '-c', "$tool -T $scratch/before $v > /dev/full");
	is(slurp("$scratch/before"), "before\n", 'standard output is full: the symtypes file is untouched');
}
$r = command("v\n", '/bin/sh', '-c', "$tool $v >&-");
is($r->{status}, 1, 'standard output is closed');
for (["$scratch/no/such/dir/file", 'No such file'], [$scratch, 'directory']) {
	my $r = command("v\n", $tool, '-T', $_->[0], $v);
	is($r->{status} . $r->{out}, '1', "symtypes to $_->[1]");
	like($r->{err}, qr/^error: gendwarfksyms: \w+: .*\Q$_->[0]\E.*$_->[1]/m, '... the message says so');
}
$r = command('', '/bin/sh', '-c', "$tool $v <&-");
is($r->{status} . $r->{out}, '1', 'standard input is closed');

done_testing();
