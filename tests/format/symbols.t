#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# FORMAT.md, section 1: command line; 2: the symbol list; 3: output; 4: which DIE describes a symbol.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my $int = 'base_type int byte_size(4) encoding(5)';
my $object = c_object("int a; int b; long c; int f(void) { return 0; }\n");
my $long_int = "base_type long int byte_size(@{[predefined('__SIZEOF_LONG__')]}) encoding(5)";
my $v_int = crc("variable $int");

# Command line
my $r = command('', $tool, '--help');
is($r->{status}, 0, '--help');
like($r->{err}, qr/^usage: gendwarfksyms \[options\] elf-object-file \.\.\. < symbol-list\n/, '... prints the usage on stderr');
is($r->{out}, '', '... and nothing on stdout');
is(command('', $tool, '-h')->{err}, $r->{err}, '-h');
for my $option (qw(--debug --dump-dies --dump-die-map --dump-types --dump-versions --stable --symtypes --canonical --help)) {
	like($r->{err}, qr/$option\b/, "the usage knows $option");
	my $run = command("a\n", $tool, $option eq '--symtypes' ? '--symtypes=/dev/null' : $option, $object);
	is($run->{status}, 0, "$option works");
}
my $usage = $r->{err};
$r = command("a\n", $tool, '--nonsense', $object);
is($r->{status}, 1, 'an unknown option');
like($r->{err}, qr/\Q$usage\E/, '... prints the usage');
is($r->{out}, '', '... and nothing on stdout');
$r = command("\n", $tool);
is($r->{status}, 1, 'no input file');
like($r->{err}, qr/^\Q$usage\Eerror: gendwarfksyms: main: /, '... the usage, then an error, before stdin is read');
$r = command("a\n", $tool, $object, '-s', $object, '--dump-versions');
is($r->{status}, 0, 'options may stand anywhere');
like($r->{err}, qr/^a variable/, '... and count');
for ('-d', '-s') {
	is(command("a\n", $tool, $_, $object)->{out}, symver(['a', $v_int]), "$_ changes no version");
}
my $symtypes = "$scratch/short";
command("a\n", $tool, '-T', $symtypes, $object);
is(slurp($symtypes), "a variable $int\n", '-T FILE');
like(command("a\n", $tool, '--debug', $object)->{err}, qr/^debug: gendwarfksyms: \w+: /m, '--debug prints messages');
like(command("b\n", $tool, '--dump-types', c_object("struct s { int i; };\n---\nstruct s b;\n"))->{err},
	qr/^s#s structure_type s \{ member \Q$int\E i data_member_location\(0\) \} byte_size\(4\)\n/m, '--dump-types prints what enters the table');
like(command("b\n", $tool, '--dump-die-map', $object)->{err}, qr/\e\[.*variable \Q$int\E\n/s, '--dump-die-map: notes in colour, then as --dump-dies');

# The list
sub list_is {
	my ($list, $want, $name) = @_;
	my $r = command($list, $tool, $object);
	return is($r->{status} . $r->{out}, "0$want", $name);
}
list_is("a\n", symver(['a', $v_int]), 'one name');
list_is("a", symver(['a', $v_int]), 'a last line without an end');
list_is(" \t\x0b\x0c\ra b c\n", symver(['a', $v_int]), 'the name is the first run of non-blank characters');
list_is("a\0b\n", symver(['a', $v_int]), 'a NUL ends a line');
is(scalar(() = command("a\nb\na\n", $tool, $object)->{out} =~ /SYMVER a /g), 1, 'a name given twice counts once');
$r = run('', [], "$scratch/missing.o");
is($r->{status} . $r->{out} . $r->{err}, '0', 'no names at all: no output, no input opened');
is($r->{symtypes}, '', '... and an empty symtypes file');
for (["\n", 'an empty line'], ["a\n  \t\nb\n", 'a line of blanks'], ["a\n\n", 'an empty line at the end']) {
	my $r = run($_->[0], [], $object);
	is($r->{status} . $r->{out}, '1', "$_->[1] is an error");
	like($r->{err}, qr/^error: gendwarfksyms: \w+: malformed input line: /, '... that says so');
}
my $long = 'n' x 1_000_000;
is(command("$long\n", $tool, $object)->{out}, symver([$long, '0x00000000']), 'a name of 1 MB');
my $longer = 'n' x 100_000;
is(command("$longer\n", $tool, c_object("int $longer;\n"))->{out}, symver([$longer, $v_int]), '... and one that is there');

# Output
$r = command("nowhere\na\n", $tool, $object);
is($r->{status}, 0, 'a name for which nothing is found');
is($r->{err}, "warning: gendwarfksyms: symbol_print_versions: no information for symbol nowhere\n", '... gets a warning');
like($r->{out}, qr/^#SYMVER nowhere 0x00000000$/m, '... and version 0');
like($r->{out}, qr/^#SYMVER a $v_int$/m, '... and the others theirs');

# The order: FNV-1a 32, modulo 4096, and the name read last comes first
sub fnv {
	my $h = 2166136261;
	for (unpack 'c*', $_[0]) {
		$h = (($h ^ ($_ & 0xffffffff)) * 0x01000193) & 0xffffffff;
	}
	return $h % 4096;
}
is(fnv('a'), 0xe40c292c % 4096, 'the hash of "a" is the published one');
my @names = map {"name$_"} 1 .. 5000;
push @names, "caf\xe9", "\x80", "\xff\xfe";
my %at = map { $names[$_] => $_ } 0 .. $#names;
my @want = sort { fnv($a) <=> fnv($b) || $at{$b} <=> $at{$a} } @names;
is(command(join('', map {"$_\n"} @names), $tool, $object)->{out}, symver(map { [$_, '0x00000000'] } @want), 'the order of 5003 names');
is(command(join('', map {"$_\n"} @names, @names), $tool, $object)->{out}, symver(map { [$_, '0x00000000'] } @want),
	'names given twice keep the place of the first time');

# Aliases
my $aliases = c_object(<<'C');
int f(int x) { return x; }
extern __typeof__(f) g __attribute__((alias("f")));
int data;
extern int data2 __attribute__((alias("data")));
int other(void) { return 0; }
C
my $f = crc("subprogram ( formal_parameter $int x ) -> $int");
like(command("f\ng\n", $tool, $aliases)->{out}, qr/^#SYMVER g $f$/m, 'an alias has the version of the function');
is(command("g\n", $tool, $aliases)->{out}, symver(['g', '0x00000000']), '... but only if both are in the list');
like(command("data\ndata2\n", $tool, $aliases)->{out}, qr/^#SYMVER data2 $v_int$/m, 'an alias of a variable');
my $die = "compile_unit\n  \@int base_type name=int byte_size=4 encoding=5\n  variable name=x type=\@int\n  variable name=y\n";
my ($x, $y) = ($v_int, crc('variable base_type void'));
sub both_are {
	my ($asm, $want, $name) = @_;
	my $r = run(['x', 'z'], [], die_object($die . $asm));
	is(join(' ', map { /SYMVER (\S+ \S+)/ } sort split /\n/, $r->{out}), "x $x z " . ($want ? $x : '0x00000000'), $name);
	same_as_model(['x', 'y', 'z'], [], die_object($die . $asm), "$name: model");
}
both_are("%symbol x .data 8\n%symbol z .data 8\n", 1, 'aliases: the same section and value');
both_are("%symbol x .data 8\n%symbol z .data 16\n", 0, 'no aliases: another value');
both_are("%symbol x .data 8\n%symbol z .bss 8\n", 0, 'no aliases: another section');
both_are("%symbol x .data 8\n%symbol z .data 8 local\n", 0, 'a local symbol is no alias');
both_are("%undefined x\n%undefined z\n", 0, 'undefined symbols are no aliases');
both_are("%symbol x .data 8\n%symbol z .data 8\n%asm .weak z\n", 1, 'a weak symbol is one');
# More than 0xff00 sections: section indices in a table of their own.
my $sections = join '', map {"%section .many$_ aw\n%asm .byte 0\n"} 1 .. 0xff10;
both_are("$sections%section .last aw\n%asm .globl x, z\n%asm x: z: .byte 0\n", 1, 'aliases in a section of a large number');
both_are("$sections%section .last1 aw\n%asm .globl x, z\n%asm x: .byte 0\n%section .last2 aw\n%asm z: .byte 0\n", 0,
	'no aliases in two of them');
# Two addresses for one name need two symbol tables' worth of symbols, which no assembler makes: patched in.
my $twice = die_object("$die%symbol x .data 8\n%symbol X .data 16\n%symbol z .data 16\n");
my $bytes = slurp($twice);
$bytes =~ s/\0X\0/\0x\0/;
spew($twice, $bytes);
$r = run(['x', 'z'], [], $twice);
like($r->{err}, qr/^warning: gendwarfksyms: \w+: multiple addresses for symbol x\?$/m, 'two addresses for one name');
like($r->{out}, qr/^#SYMVER z 0x00000000$/m, '... the first stays');

# Candidates
sub found_is {
	my ($dies, $symbols, $want, $name, @more) = @_;
	my $o = die_object("compile_unit\n  \@int base_type name=int byte_size=4 encoding=5\n$dies");
	my $r = run($symbols, ['--dump-versions', @more], $o);
	is($r->{err} =~ s/^warning.*\n//mgr, join('', map {"$_\n"} @$want), $name);
	same_as_model($symbols, [@more], $o, "$name: model");
}
for my $tag (qw(namespace class_type structure_type)) {
	found_is("  $tag name=n\n    variable name=v type=\@int\n    subprogram name=f\n      variable name=w\n", ['v', 'f', 'w'],
		["v variable $int", "f subprogram ( ) -> base_type void"], "in a $tag; not in a subprogram");
	found_is("  $tag\n    $tag name=n\n      variable name=v type=\@int\n", ['v'], ["v variable $int"], "in a $tag in a $tag");
}
for my $tag (qw(union_type lexical_block enumeration_type subprogram)) {
	found_is("  $tag name=n\n    variable name=v type=\@int\n", ['v'], [], "not in a $tag");
}
found_is("  formal_parameter name=v type=\@int\n  member name=v type=\@int\n  typedef name=v type=\@int\n", ['v'], [], 'other tags are none');
found_is("  variable name=v linkage_name=w type=\@int\n", ['v', 'w'], ["w variable $int"], 'the linkage name comes first');
found_is("  \@d variable name=v type=\@int declaration\n  variable specification=\@d type=\@int\n", ['v'], ["v variable $int"], 'a declaration is one');
found_is("  structure_type name=s\n    \@d variable name=v\n  \@e variable specification=\@d type=\@int\n", ['v'], ["v variable base_type void"],
	'nothing is inherited from DW_AT_specification');
found_is("  variable name=v type=\@int\n  variable name=v\n", ['v'], ["v variable $int"], 'the first candidate counts');
found_is("  variable\n  variable name=v type=\@int\n", ['v'], ["v variable $int"], 'a candidate without a name');
found_is("  \@a subprogram name=f type=\@int\n    formal_parameter name=p type=\@int\n  subprogram abstract_origin=\@a\n    formal_parameter name=q\n", ['f'],
	["f subprogram ( formal_parameter $int p ) -> $int"], 'an abstract origin');
found_is("  subprogram abstract_origin=\@a\n    formal_parameter name=q\n  \@b subprogram name=x\n    \@a subprogram name=f type=\@int\n", ['f'],
	["f subprogram ( ) -> $int"], '... is the source');
found_is("  variable linkage_name=v abstract_origin=\@a\n  union_type\n    \@a variable name=w type=\@int\n", ['v', 'w'], ["v variable $int"],
	'the candidate\'s own name comes first, with the source\'s DIE');
found_is("  variable name=v type=\@int\n  variable name=v abstract_origin=\@a\n  union_type\n    \@a variable name=w\n", ['v', 'w'],
	["v variable $int", "w variable base_type void"], 'the source\'s name, when the own one finds nothing free');
found_is("  variable name=f type=\@int abstract_origin=\@a\n  union_type\n    \@a subprogram name=g\n", ['f'], ["f variable base_type void"],
	'a symbol is what its candidate was');
found_is("  variable name=v type=\@int\ncompile_unit\n  variable name=v\n  variable name=w\n", ['v', 'w'], ["v variable $int", "w variable base_type void"],
	'units in their order');

# Symbol pointers
my $p = '__gendwarfksyms_ptr_';
found_is("  \@f subroutine_type type=\@int\n    formal_parameter type=\@int\n  \@p pointer_type type=\@f\n  variable name=${p}f type=\@p\n", ['f'],
	["f subprogram ( formal_parameter $int ) -> $int"], 'a pointer to a function');
found_is("  \@p pointer_type type=\@int\n  variable name=${p}v type=\@p\n", ['v'], ["v variable $int"], 'a pointer to something else');
found_is("  \@p pointer_type type=\@int\n  variable name=${p}v type=\@p\n  variable name=v\n", ['v'], ["v variable base_type void"],
	'the DIE of the symbol itself comes first');
found_is("  variable name=v\n  \@p pointer_type type=\@int\n  variable name=${p}v type=\@p\n", ['v'], ["v variable base_type void"],
	'... wherever it stands');
found_is("  \@p pointer_type type=\@int\n  variable name=${p}v type=\@p\n  \@c const_type type=\@int\n  \@q pointer_type type=\@c\n  variable name=${p}v type=\@q\n",
	['v'], ["v variable const_type { $int }"], 'of several pointers the last counts');
found_is("  \@p pointer_type type=\@int\n  variable name=${p}v type=\@p\ncompile_unit\n  variable name=v\n", ['v'], ["v variable $int"],
	'it counts at the end of its unit');
found_is("  variable name=v\ncompile_unit\n  \@p pointer_type type=\@p\n  variable name=${p}v type=\@p\n", ['v'], ["v variable base_type void"],
	'a pointer for a symbol that is not free is not looked at');
found_is("  \@i typedef name=i type=\@int\n  \@p pointer_type type=\@int\n  \@q pointer_type type=\@i\n  variable name=${p}v type=\@p\n  variable name=${p}w type=\@q\n"
	. "%symbol v .data 8\n%symbol w .data 8\n", ['v', 'w'], ["v variable typedef_type i { $int }"], 'the pointer is kept for the aliases too');
found_is("  \@t subroutine_type\n  \@i typedef name=i type=\@t\n  \@p pointer_type type=\@i\n  variable name=${p}v type=\@p\n", ['v'],
	['v variable typedef_type i { subroutine_type ( ) -> base_type void }'], 'a typedef of a function is no function');
for (["type=\@int", 'no pointer'], ['', 'has no type'], ["type=\@q", 'no pointer']) {
	fails_with(die_object("compile_unit\n  \@int base_type name=int\n  \@q pointer_type\n  variable name=${p}v $_->[0]\n"), ['v'], qr/${p}v.*$_->[1].*DIE 0x/,
		"a symbol pointer that is none: $_->[0]");
}
found_is("  variable name=w linkage_name=${p}v\n  variable name=${p}v type=\@int\n", ["${p}v"], [], 'a listed name with the prefix is found by no DIE');

# One DIE, two symbols: a line each; aliases: one line
found_is("  \@a variable name=v type=\@int\n  variable name=w abstract_origin=\@a\n", ['v', 'w'], ["v variable $int", "w variable $int"],
	'two symbols with one DIE get a line each');
found_is("  variable name=v type=\@int\n%symbol v .data 8\n%symbol w .data 8\n", ['v', 'w'], ["v variable $int"], 'aliases share one');

# Several files
my @files = map { c_object($_) } "int first(void) { return 1; }\n", "long second(void) { return 1; }\n", "int first; int third;\n";
my %v = (first => crc("subprogram ( ) -> $int"), second => crc("subprogram ( ) -> $long_int"), third => $v_int);
$r = run([sort keys %v], [], @files);
is($r->{out}, symver(map { [$_, $v{$_}] } sort { fnv($a) <=> fnv($b) } keys %v),
	'several files: what a symbol has it keeps, and the starts of two .text sections are no aliases');
is($r->{symtypes}, "first subprogram ( ) -> $int\nsecond subprogram ( ) -> $long_int\nthird variable $int\n",
	'... and the symtypes file has each file in turn');

done_testing();
