#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# FORMAT.md, section 8: kABI rules and special members, with --stable only.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my $int = 'base_type int byte_size(4) encoding(5)';
my $long = 'base_type long byte_size(8) encoding(5)';
my $base = "compile_unit\n  \@int base_type name=int byte_size=4 encoding=5\n  \@long base_type name=long byte_size=8 encoding=5\n";

sub object { return die_object("$base$_[0]  variable name=v type=\@t\n" . ($_[1] // '')) }

# The string of the type @t with --stable, and that without the rules do not count.
sub stable_is {
	my ($dies, $rules, $want, $name, $plain) = @_;
	my $object = object($dies, $rules);
	string_is($object, 'v', "variable $want", $name, '--stable');
	string_is($object, 'v', "variable $plain", "$name: nothing without --stable") if $plain;
	return $object;
}

sub stable_fails {
	my ($dies, $rules, $want, $name) = @_;
	my $object = object($dies, $rules);
	fails_with($object, ['v'], $want, $name, '--stable');
	is(run(['v'], [], $object)->{status}, 0, "... but not without --stable");
}

# Rules
for my $tag (qw(structure_type class_type union_type enumeration_type)) {
	my $list = $tag eq 'enumeration_type' ? ["    enumerator name=A\n", 'enumerator A'] : ["    member name=a type=\@int\n", "member $int a"];
	stable_is("  \@t $tag name=s byte_size=4\n$list->[0]", "%rule declonly s\n", "$tag s { }", "declonly of a $tag", "$tag s { $list->[1] } byte_size(4)");
}
stable_is("  namespace name=n\n    \@t structure_type name=s byte_size=4\n", "%rule declonly s\n", 'structure_type n::s { } byte_size(4)',
	'the name is the fully qualified one');
stable_is("  namespace name=n\n    \@t structure_type name=s byte_size=4\n", "%rule declonly n::s\n", 'structure_type n::s { }', '... with its prefix');
stable_is("  \@t typedef name=s type=\@int\n", "%rule declonly s\n", "typedef_type s { $int }", 'declonly is not for typedefs');
stable_is("  \@t structure_type byte_size=4\n", "%rule declonly \"\"\n", 'structure_type { } byte_size(4)', 'an empty target matches nothing');
my $enum = "  \@t enumeration_type name=e\n    enumerator name=A const_value=0\n    enumerator name=B const_value=1\n    enumerator name=C const_value=2\n";
my $plain = 'enumeration_type e { enumerator A = 0 , enumerator B = 1 , enumerator C = 2 }';
stable_is($enum, "%rule enumerator_ignore \"e B\"\n", 'enumeration_type e { enumerator A = 0 , enumerator C = 2 }', 'enumerator_ignore', $plain);
stable_is($enum, "%rule enumerator_ignore \"e A\"\n", 'enumeration_type e { enumerator B = 1 , enumerator C = 2 }',
	'the first enumerator ignored: the next has no separator', $plain);
stable_is($enum, "%rule enumerator_ignore \"e A\"\n%rule enumerator_ignore \"e B\"\n%rule enumerator_ignore \"e C\"\n", 'enumeration_type e {  }', 'all ignored');
stable_is($enum, "%rule enumerator_ignore \"f A\"\n%rule enumerator_ignore e\n%rule enumerator_ignore A\n", $plain, 'rules for others');
stable_is($enum, "%rule enumerator_value \"e B\" 7\n%rule enumerator_value \"e C\" -3\n",
	'enumeration_type e { enumerator A = 0 , enumerator B = 7 , enumerator C = 18446744073709551613 }', 'enumerator_value', $plain);
stable_is("  \@t enumeration_type name=e\n    enumerator name=A\n", "%rule enumerator_value \"e A\" 7\n", 'enumeration_type e { enumerator A = 7 }',
	'enumerator_value gives one to an enumerator without', 'enumeration_type e { enumerator A }');
stable_is("  structure_type name=s\n    \@t enumeration_type name=e\n      enumerator name=A\n", "%rule enumerator_value \"s::e A\" 7\n",
	'enumeration_type s::e { enumerator A = 7 }', 'the enumeration\'s name is the fully qualified one');
stable_is("  \@t enumeration_type\n    enumerator name=A\n", "%rule enumerator_value \" A\" 7\n", 'enumeration_type { enumerator A = 7 }',
	'an enumeration without a name');
stable_is("  \@t structure_type name=s byte_size=4\n", "%rule byte_size s 99\n", 'structure_type s { } byte_size(99)', 'byte_size', 'structure_type s { } byte_size(4)');
stable_is("  \@t base_type name=x byte_size=4\n", "%rule byte_size x 99\n", 'base_type x byte_size(99)', 'byte_size of a base type');
stable_is("  \@t typedef name=x type=\@int byte_size=1\n", "%rule byte_size x 99\n", "typedef_type x { $int } byte_size(99)", 'byte_size of a typedef');
stable_is("  \@t structure_type name=s\n", "%rule byte_size s 99\n", 'structure_type s { }', 'byte_size only if the attribute is there');
stable_is("  \@t structure_type name=s byte_size=4\n", "%rule byte_size s 1\n%rule byte_size s 2\n", 'structure_type s { } byte_size(2)', 'the later of two rules holds');
stable_is("  \@t structure_type name=s byte_size=4\n", "%rule byte_size t 1\n%rule declonly t\n", 'structure_type s { } byte_size(4)', 'a rule for another');

# Numbers
for (['0', 0], ['007', 7], ['+5', 5], [' 5', 5], ['-1', '18446744073709551615'], ['18446744073709551615', '18446744073709551615'], ['', 0]) {
	stable_is("  \@t structure_type name=s byte_size=4\n", "%rule byte_size s \"$_->[0]\"\n", "structure_type s { } byte_size($_->[1])", "the number '$_->[0]'");
}
for ('x', '5x', '5 ', '0x5', '18446744073709551616', '-18446744073709551616', ' ', '-') {
	stable_fails("  \@t structure_type name=s byte_size=4\n", "%rule byte_size s \"$_\"\n", qr/invalid unsigned value '\Q$_\E'/, "no number: '$_'");
}
stable_fails($enum, "%rule enumerator_value \"e B\" x\n", qr/invalid unsigned value 'x'/, 'no number for an enumerator');
string_is(object("  \@t structure_type name=s byte_size=4\n", "%rule byte_size unused x\n"), 'v', 'variable structure_type s { } byte_size(4)',
	'... raised only where the rule is used', '--stable');

string_is(object("  \@t structure_type name=\"'\" byte_size=4\n", "%rule byte_size unused 1\n"), 'v', "variable structure_type ' { } byte_size(4)", 'a rule beside a type that is called a quote', '--stable');

# The section
sub section {
	my ($bytes) = @_;
	return "%section .discard.gendwarfksyms.kabi_rules a\n" . join('', map {"%asm .byte $_\n"} unpack 'C*', $bytes);
}
my $s = "  \@t structure_type name=s byte_size=4\n";
stable_fails($s, section("2\0declonly\0s\0\0"), qr/'2'/, 'another version');
stable_fails($s, section("1\0nonsense\0s\0\0"), qr/'nonsense'/, 'another type');
stable_fails($s, section("1\0\0\0\0"), qr/kABI rules/, 'a section under 6 bytes');
stable_fails($s, section("1\0declonly\0s\0x"), qr/kABI rules/, 'a section without a NUL at its end');
stable_fails($s, section("1\0declonly\0s\0"), qr/kABI rule.*cut short/, 'an entry cut short');
stable_fails($s, section("1\0declonly\0s\0\x001\0declonly\0"), qr/kABI rule.*cut short/, 'a second entry cut short');
for my $rest ("\0", "\0\0\0\0\0\0", "1\0a\0\0\0") {
	my $object = object($s, section("1\0declonly\0s\0\0$rest"));
	my $r = run(['v'], ['--stable'], $object);
	is($r->{status}, 0, length($rest) . ' bytes behind the last entry');
	like($r->{err}, qr/^warning: gendwarfksyms: \w+: unexpected data at the end of the kABI rules section of '.*'\n/, '... give a warning');
	is($r->{out}, symver(['v', crc('variable structure_type s { }')]), '... and the rules hold');
}
# type_string
stable_is("  \@t structure_type name=s byte_size=4\n    member name=a type=\@u\n  \@u structure_type name=u\n", "%rule type_string s#s \"text u#x s#u e\"\n%rule type_string u#x \"of x\"\n",
	'text of x structure_type u { } e', 'a type_string rule', 'structure_type s { member structure_type u { } a } byte_size(4)');
symtypes_is(object("  \@t structure_type name=s byte_size=4\n    member name=a type=\@u\n  \@u structure_type name=u\n", "%rule type_string s#s text\n"), ['v'],
	"s#s text\ns#u structure_type u { }\nv variable s#s\n", 'what the DIE leads to stays in the table', '--stable');
symtypes_is(object("  \@t pointer_type type=\@a\n  \@a structure_type name=s byte_size=4\n", "%rule type_string s#s \"s#x\"\n%rule type_string s#x \"s#y s#x\"\n%rule type_string s#y why\n%rule type_string s#z unused\n"),
	['v'], "s#s s#x\ns#x s#y s#x\ns#y why\nv variable pointer_type { s#s }\n", 'references that only rules hold enter the table when they are expanded', '--stable');
stable_fails("  \@t structure_type name=s byte_size=4\n", "%rule type_string s#s \"s#nowhere\"\n", qr/unknown type reference to 's#nowhere' when expanding 'v'/, 'an unknown reference');
stable_is("  \@t structure_type name=s\n", "%rule type_string s#s \"as#u bt#u(x) e#'a b'c u#'q'd\"\n%rule type_string s#u 1\n%rule type_string t#u(x) 2\n%rule type_string \"e#'a b'\" 3\n%rule type_string \"u#'q'\" 4\n",
	'a1 b2 3c 4d', 'references inside words, and in quotes');
stable_is("  \@t structure_type name=\"a b\"\n", "%rule type_string \"s#'a b'\" quoted\n", 'quoted', 'a rule for a reference in quotes');
for (['', 'an empty'], ['x s# y', 'an empty name'], ['x s#', 'an empty name'], ["s#''", 'an empty name'], ["s#'a b", 'missing quote'], ["t#'", 'missing quote']) {
	stable_fails("  \@t structure_type name=s\n", "%rule type_string s#s \"$_->[0]\"\n", qr/$_->[1]/, "a type_string rule that is '$_->[0]'");
}
stable_is("  \@t structure_type name=s\n", "%rule type_string v \"variable of s#s\"\n", 'of structure_type s { }', 'a rule for a symbol');
my $aliases = object("  \@t structure_type name=s\n", "%symbol v .data 8\n%symbol w .data 8\n%rule type_string v first\n%rule type_string w second\n");
my $r = run(['v', 'w'], ['--stable', '--dump-versions'], $aliases);
is($r->{err}, "v first\n", 'aliases share the version of the first of them, by its rule');
is($r->{symtypes}, "s#s structure_type s { }\nv first\nw second\n", '... while each line in the symtypes file is its own');
is($r->{out} =~ tr/\n//, 2, '... and both have it');
dies_is(object("  \@t structure_type name=s\n", "%rule type_string v x\n%rule type_string s#s y\n"), ['v'], "variable structure_type s {\n}\n",
	'--dump-dies ignores type_string rules', '--stable');
same_as_model(['v'], ['--stable'], object("  \@t structure_type name=s\n", "%rule type_string v \"x s#s y\"\n%rule type_string s#s \"a t#q b t#q\"\n%rule type_string t#q c\n"), 'all kinds of type_string rules');

# Members
sub member_is {
	my ($union, $want, $name, $plain) = @_;
	return stable_is("  \@u union_type byte_size=8\n$union  \@t structure_type name=t byte_size=8\n    member name=m type=\@u\n    member name=n type=\@int\n", '',
		"structure_type t { $want } byte_size(8)", $name, defined $plain ? "structure_type t { member union_type { $plain } byte_size(8) m , member $int n } byte_size(8)" : undef);
}
stable_is("  \@t structure_type\n    member name=__kabi_any type=\@int data_member_location=0\n    member name=__kabi_reserved type=\@int\n    member name=_kabi_ type=\@int\n", '',
	"structure_type { member $int data_member_location(0) , member $int , member $int _kabi_ }", 'members with names that begin with __kabi_ show none',
	"structure_type { member $int __kabi_any data_member_location(0) , member $int __kabi_reserved , member $int _kabi_ }");
stable_is("  \@t subroutine_type\n    formal_parameter name=__kabi_any type=\@int\n", '', "subroutine_type ( formal_parameter $int ) -> base_type void", '... nor do such parameters');
my @own = ("    member name=x type=\@int\n", "    member name=__kabi_%s type=\@long\n");
my @in = ("    member name=x type=\@int\n", "    member type=\@i\n");
my $in = "  \@i structure_type name=i byte_size=8\n    member name=__kabi_%s type=\@long\n    member name=rest type=\@int\n";
for my $order ([0, 1], [1, 0]) {
	for (['own', join('', @own[@$order])], ['structure', join('', @in[@$order]) . $in]) {
		my ($what, $union) = @$_;
		member_is(sprintf($union, 'reserved1'), "member $long m , member $int n", "reserved ($what, @$order)");
		member_is(sprintf($union, 'renamedold'), "member $long old , member $int n", "renamed ($what, @$order)");
		member_is(sprintf($union, 'renamed'), "member $long  , member $int n", "renamed to nothing ($what, @$order)");
		member_is(sprintf($union, 'ignored1'), "member $int n", "ignored ($what, @$order)");
	}
}
member_is("    member name=x type=\@int\n    member name=__kabi_other type=\@long\n", "member union_type { member $int x , member $long } byte_size(8) m , member $int n",
	'another name with __kabi_', "member $int x , member $long __kabi_other");
member_is("    member name=x type=\@int\n    member name=y type=\@int\n    member name=__kabi_renamedz type=\@long\n",
	"member union_type { member $int x , member $int y , member $long } byte_size(8) m , member $int n", 'a third member makes no union special');
member_is("    member name=x type=\@int\n    member type=\@i\n  \@i structure_type byte_size=8\n    member name=a type=\@int\n    member name=__kabi_renamedz type=\@long\n",
	"member union_type { member $int x , member structure_type { member $int a , member $long } byte_size(8) } byte_size(8) m , member $int n",
	'nor does a second member of a structure');
member_is("    member name=x type=\@int\n    member type=\@i\n  \@i typedef name=i type=\@j\n  \@j structure_type\n    member name=__kabi_renamedz type=\@long\n",
	"member union_type { member $int x , member typedef_type i { structure_type { member $long } } } byte_size(8) m , member $int n", 'no typedef may be between');
member_is("    member name=__kabi_renameda type=\@int\n    member name=__kabi_ignored type=\@long\n", "member $int a , member $int n", 'the first found decides');
member_is("    member type=\@i\n    member name=__kabi_ignored type=\@long\n  \@i structure_type\n    member name=__kabi_renameda type=\@int\n", "member $int a , member $int n",
	'... also in a structure');
member_is("    member name=__kabi_ignored type=\@i\n    member name=x type=\@long\n  \@i structure_type\n    member name=__kabi_renameda type=\@int\n", "member $int n",
	'a member\'s own name comes before its structure\'s');
for my $tag (qw(structure_type class_type union_type)) {
	stable_is("  \@u union_type\n    member name=__kabi_ignored type=\@int\n  \@t $tag\n    member name=a type=\@u\n    member name=b type=\@int\n    member name=c type=\@u\n", '',
		"$tag { member $int b }", "an ignored union's member in a $tag is left out");
}
stable_is("  \@u union_type name=u\n    member name=__kabi_ignored type=\@int\n  \@t pointer_type type=\@u\n", '', 'pointer_type {  }', 'an ignored union\'s string is empty',
	"pointer_type { union_type u { member $int __kabi_ignored } }");
stable_is("  \@u union_type name=u\n    member name=__kabi_ignored type=\@int\n  \@t subroutine_type\n    formal_parameter name=p type=\@u\n", '',
	'subroutine_type ( formal_parameter  p ) -> base_type void', '... also for a parameter, which is not left out');
stable_is("  \@u union_type declaration\n    member name=__kabi_reserved type=\@int\n  \@t pointer_type type=\@u\n", '', "pointer_type { $int }",
	'that comes before the question whether the union is a definition');
symtypes_is(object("  \@u union_type name=u\n    member name=__kabi_reserved type=\@int\n  \@t pointer_type type=\@u\n"), ['v'], "v variable pointer_type { $int }\n",
	'a special union is never a named type', '--stable');
same_as_model(['v'], ['--stable'], object("  \@t structure_type\n    member name=a type=\@u\n  \@u union_type\n    member name=__kabi_renamedx type=\@w\n  \@w union_type\n    member name=__kabi_reserved1 type=\@int\n"),
	'a special union in a special union');
stable_fails("  \@t union_type\n    member name=x\n", '', qr/member without a type.*DIE 0x/, 'a first member without a type');
stable_fails("  \@t union_type\n    member name=__kabi_ignored\n", '', qr/member without a type/, 'a special member without a type');
stable_fails("  \@t union_type\n    member name=x type=\@i\n  \@i structure_type\n    member name=__kabi_reserved\n", '', qr/member without a type/, 'one in a structure');
stable_fails("  \@t structure_type\n    member name=x\n", '', qr/member without a type.*DIE 0x/, 'any member without a type');

# In C, as kernels do it
my $c = c_object(<<'C');
#define RULE(id, type, target, value) static const char rule_##id[] __attribute__((used, aligned(1), \
	section(".discard.gendwarfksyms.kabi_rules"))) = "1\0" type "\0" target "\0" value;
struct s {
	int a;
	union { unsigned long b; struct { unsigned long __kabi_reserved0; }; };
	union { int c; struct { unsigned long __kabi_renamedwas; }; };
	union { unsigned long d; unsigned char __kabi_ignored0; };
	unsigned long __kabi_reserved1;
};
RULE(0, "byte_size", "s", "24")
---
struct s v;
C
my $size = predefined('__SIZEOF_LONG__');
my $ulong = "base_type long unsigned int byte_size($size) encoding(7)";
string_is($c, 'v', "variable structure_type s { member $int a data_member_location(0) , member $ulong data_member_location($size) , member $ulong was data_member_location(@{[2 * $size]}) , "
	. "member $ulong data_member_location(@{[4 * $size]}) } byte_size(24)", 'the macros of the kernel', '--stable');

done_testing();
