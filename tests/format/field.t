#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# Inputs that people have reported: truncated objects, annotations, kABI rules that match nothing, messages that say where.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

# Truncated objects: section headers stand at the end, so each of these has lost some.
my $source = "struct s { int a; long b[3]; struct s *next; };\n---\nstruct s v;\nint f(struct s *s) { return s->a; }\n"
	. "asm(\".globl __export_symbol_v, __export_symbol_f; __export_symbol_v: __export_symbol_f:\");\n";
my $cc = $ENV{CC} || 'cc';
my $object = c_object($source);
my $linked = "$scratch/linked";
command('', split(' ', $cc), '-shared', '-nostdlib', '-o', $linked, c_object($source, '-fPIC'))->{status} eq '0' or die;
for my $file ($object, $linked) {
	my $whole = slurp($file);
	my $name = $file eq $linked ? 'a shared object' : 'an object';
	for my $size (64, int(length($whole) / 2), length($whole) - 64, length($whole) - 1) {
		my $cut = spew("$scratch/cut.o", substr $whole, 0, $size);
		fails_with($cut, ['v'], qr/'\Q$cut\E' is truncated: .*0x/, "$name of " . ($size - length $whole) . ' bytes');
		fails_with($cut, '', qr/'\Q$cut\E' is truncated: .*0x/, '... with -e', '-e');
	}
	fails_with(spew("$scratch/cut.o", substr $whole, 0, 40), ['v'], qr/cut\.o' (?:is truncated|is not an ELF file)/, "$name cut in its ELF header");
}
# The section headers are there, and a section isn't.
for my $name ('.strtab', '.debug_info') {
	my $whole = slurp($object);
	# Of either class and byte order: how the fields of headers are packed, and where they are.
	my ($class, $data) = unpack '@4 C2', $whole;
	my $order = $data == 1 ? '<' : '>';
	my ($word, $shoff_at, $shnum_at, $header_size, $offset_at, $size_at, $huge) = $class == 2 ? ("Q$order", 0x28, 0x3c, 64, 0x18, 0x20, 1 << 40) : ("L$order", 0x20, 0x30, 40, 0x10, 0x14, 1 << 31);
	my ($shoff, $shnum, $names) = unpack "\@$shoff_at $word \@$shnum_at S$order S$order", $whole;
	my $names_at = unpack "\@$offset_at $word", substr $whole, $shoff + $header_size * $names, $header_size;
	for my $i (1 .. $shnum - 1) {
		my $at = $shoff + $header_size * $i;
		my $this = unpack 'Z*', substr $whole, $names_at + unpack("L$order", substr $whole, $at, 4);
		substr($whole, $at + $size_at, length pack $word, 0) = pack $word, $huge if $this eq $name;
	}
	my $cut = spew("$scratch/cut.o", $whole);
	fails_with($cut, ['v'], qr/'\Q$cut\E' is truncated: its section \Q$name\E is at/, "a section $name beyond the end");
	fails_with($cut, '', qr/'\Q$cut\E' is truncated: its section \Q$name\E is at/, '... with -e', '-e');
}
# Other reasons for no debugging information aren't taken for a missing option.
command('', 'objcopy', '--only-keep-debug', $linked, "$scratch/gone.debug");
command('', 'objcopy', '--strip-debug', "--add-gnu-debuglink=$scratch/gone.debug", $linked, "$scratch/stripped");
unlink "$scratch/gone.debug";
my $r = run(['v'], [], "$scratch/stripped");
like($r->{err}, qr/no debugging information in '.*stripped', which has it in a separate file 'gone\.debug'/, 'the missing file of a debuglink is named');
unlike($r->{err}, qr/CONFIG_DEBUG_INFO/, '... and no option');
command('', 'objcopy', '--strip-debug', $object, "$scratch/stripped.o");
like(run(['v'], [], "$scratch/stripped.o")->{err}, qr/no debugging information in '.*CONFIG_DEBUG_INFO/, 'without any, the option is asked for');

# Children of structures that take no room: annotations and others, wherever they stand
for my $tag (0x6000, 0x6001) {
	my $hex = sprintf '0x%x', $tag;
	my $plain = "compile_unit\n  \@int base_type name=int byte_size=4 encoding=5\n  \@s structure_type name=s byte_size=4\n    member name=m type=\@int data_member_location=0\n%s%s"
		. "  \@u union_type name=u byte_size=4\n    member name=m type=\@s\n%s  \@t typedef name=t type=\@u\n%s  \@e enumeration_type name=e byte_size=4\n    enumerator name=A const_value=1\n%s"
		. "  subprogram name=f type=\@t\n    formal_parameter name=p type=\@e\n%s%s";
	my @children = map { ' ' x $_ . "$hex name=btf_decl_tag const_value:string=x\n" } 6, 4, 4, 4, 4, 6, 4;
	my $with = die_object(sprintf $plain, @children);
	my $without = die_object(sprintf $plain, ('') x 7);
	my $want = run(['f'], [], $without);
	$r = run(['f'], [], $with);
	is("$r->{status}$r->{out}$r->{symtypes}", "$want->{status}$want->{out}$want->{symtypes}", "tag $hex is passed over everywhere") or diag($r->{err});
}
SKIP: {
	my $tags = "struct s { int a TAG; int b; } TAG;\nunion u { int a; long b; } TAG;\ntypedef int tagged TAG;\n---\nint f(struct s *s, union u *u, tagged t) { return s->b; }\n";
	my ($with, $without) = map { my $is = $_; eval { c_object($tags, 'CC=clang', "-DTAG=$is") } } '__attribute__((btf_decl_tag("t")))', '';
	skip 'no clang with btf_decl_tag', 1 if !$with || command('', 'readelf', '--debug-dump=abbrev', $with)->{out} !~ /6000|LLVM_annotation/;
	is(run(['f'], [], $with)->{out}, run(['f'], [], $without)->{out}, 'btf_decl_tag of clang');
}
my %codes = (imported_declaration => '0x08', access_declaration => '0x23', constant => '0x27', friend => '0x2a', template_value_parameter => '0x30');
for my $tag (qw(typedef variable pointer_type), sort keys %codes) {
	my $code = $codes{$tag} // $tag;
	string_like(die_object("compile_unit\n  \@s structure_type name=s byte_size=4\n    $code name=x\n    member name=m\n  variable name=v type=\@s\n"), 'v',
		qr/^variable structure_type s \{ member base_type void m \} byte_size\(4\)$/, "$tag in a structure is passed over");
}
fails_with(die_object("compile_unit\n  \@s structure_type name=derived byte_size=4\n    0x1c type=\@s\n  variable name=v type=\@s\n"), ['v'],
	qr/unexpected structure_type child: 0x1c inheritance, in 'derived' \(DIE 0x\w+ in '.*'\)/, 'a base class is not: its tag and the structure are named');
fails_with(die_object("compile_unit\n  \@s 0x4999 name=s\n  \@t structure_type name=t\n    0x4999\n  variable name=v type=\@t\n"), ['v'], qr/child: 0x4999, in 't'/, '... nor is a tag that nobody knows');
fails_with(die_object("compile_unit\n  \@s 0x12\n  variable name=v type=\@s\n"), ['v'], qr/unexpected type: 0x12 string_type/, 'a type of an unexpected tag is named');

# kABI rules that match nothing
my $number = 0;
sub ruled {
	my (@rules) = @_;
	my $text = join "\n", map { my ($type, $target, $value) = @$_; sprintf 'R(%d, "1\\0" "%s\\0" "%s\\0" "%s")', $number++, $type, $target, $value } @rules;
	return c_object("struct secret { int a; long b; };\nstruct regs12 { int a; };\nenum colour { RED, GREEN };\ntypedef struct secret alias;\ntypedef struct declared declared;\nstruct secretx;\nstruct other { int x; };\nvoid fn(void);\n---\n"
		. "#define R(n, text) static const char rule_##n[] __attribute__((used, aligned(1), section(\".discard.gendwarfksyms.kabi_rules\"))) = text;\n"
		. "$text\nint use(struct secret *s, enum colour c, alias *a, declared *d, struct secretx *x, struct regs12 *r) { return s->a; }\n");
}
sub warns {
	my ($name, $want, @rules) = @_;
	my $object = ruled(@rules);
	my $r = run(['use'], ['--stable'], $object);
	my @warnings = grep { /^warning: / } split /\n/, $r->{err};
	return is(join("\n", @warnings), '', $name) if !defined $want;
	return is(scalar(@warnings), 1, "$name: one warning ($r->{err})") if @warnings != 1;
	return like($warnings[0], qr/^warning: gendwarfksyms: \w+: the $rules[0][0] rule for '\Q$rules[0][1]\E' of '\Q$object\E' matches nothing: $want$/, $name);
}
warns('two letters that changed places', qr/is 'secret' meant\?/, ['declonly', 'secrte', '']);
warns('a letter too few', qr/is 'secret' meant\?/, ['byte_size', 'secet', '8']);
warns('a letter too many', qr/is 'secret' meant\?/, ['declonly', 'seccret', '']);
warns('another letter', qr/is 'secret' meant\?/, ['declonly', 'sacret', '']);
warns('a misspelt enumeration', qr/is the enumeration 'colour' meant\?/, ['enumerator_ignore', 'clour RED', '']);
warns('an enumerator that is not there', qr/the enumeration has no enumerator 'BLUE'/, ['enumerator_ignore', 'colour BLUE', '']);
warns('... with a value', qr/the enumeration has no enumerator 'BLUE'/, ['enumerator_value', 'colour BLUE', '7']);
warns('an enumerator without its enumeration', qr/the target of an enumerator is written ENUM ENUMERATOR/, ['enumerator_ignore', 'RED', '']);
warns('s#', qr/the target is the name alone, 'secret'/, ['declonly', 's#secret', '']);
warns('struct', qr/the target is the name alone, 'secret'/, ['declonly', 'struct secret', '']);
warns('enum', qr/the target is the name alone, 'colour RED'/, ['enumerator_ignore', 'enum colour RED', '']);
warns('a typedef declared only', qr/a typedef is not declared only.*/, ['declonly', 'alias', '']);
warns('the size of a typedef', qr/what has that name has no size/, ['byte_size', 'alias', '8']);
warns('the size of what is only declared', undef, ['byte_size', 'declared', '8']);
warns('... with another name that is like it', undef, ['byte_size', 'secretx', '8']);
warns('type_string of struct', qr/the target of a type is written s#secret .*/, ['type_string', 'struct secret', 'x']);
warns('type_string of a name', qr/the target of a type is written s#secret/, ['type_string', 'secret', 'x']);
# No flood: what an object doesn't lead to is no mistake.
warns('a type that is not led to', undef, ['declonly', 'other', ''], ['byte_size', 'quite_another', '4'], ['enumerator_ignore', 'shape ROUND', ''], ['type_string', 's#other', 'x'], ['type_string', 'fn', 'x']);
warns('rules that match', undef, ['declonly', 'secret', ''], ['enumerator_ignore', 'colour RED', ''], ['enumerator_value', 'colour GREEN', '4']);
warns('names of one family', undef, ['declonly', 'secret2', ''], ['declonly', 'secrets', ''], ['declonly', 'regs21', '']);
is(run(['use'], [], ruled(['declonly', 'secrte', '']))->{err}, '', 'no --stable, no rules, no warning');

# Messages say where
my $bad = ruled(['byte_size', 'secret', 'sixteen']);
fails_with($bad, ['use'], qr/invalid unsigned value 'sixteen' in the byte_size rule for 'secret' of '\Q$bad\E'/, 'a bad number', '--stable');
$bad = ruled(['enumerator_value', 'colour RED', '1x']);
fails_with($bad, ['use'], qr/invalid unsigned value '1x' in the enumerator_value rule for 'colour RED' of '\Q$bad\E'/, 'a bad number of an enumerator', '--stable');
$bad = ruled(['type_string', 's#secret', "x s#'y"]);
fails_with($bad, ['use'], qr/a missing quote in 'x s#'y', the type_string rule for 's#secret' of '\Q$bad\E'/, 'a missing quote', '--stable');
$bad = ruled(['type_string', 's#secret', '']);
fails_with($bad, ['use'], qr/the type_string rule for 's#secret' of '\Q$bad\E'/, 'an empty type string', '--stable');
$bad = ruled(['nonsense', 'secret', '']);
fails_with($bad, ['use'], qr/unsupported kABI rule type 'nonsense', of the rule for 'secret' of '\Q$bad\E'/, 'a rule of an unknown type', '--stable');
$bad = ruled(['type_string', 's#secret', 'structure_type secret { member s#missing q }']);
fails_with($bad, ['use'], qr/unknown type reference to 's#missing' when expanding 'use': it stands in the type_string rule for 's#secret' of '\Q$bad\E'/, 'a lost reference names the type that has it', '--stable');
$bad = ruled(['type_string', 'use', 'variable s#missing']);
fails_with($bad, ['use'], qr/unknown type reference to 's#missing' when expanding 'use': it stands in the type_string rule for 'use' of/, '... or the symbol', '--stable');

# No types
for my $compiler ('gcc', 'clang') {
	SKIP: {
		my $object = eval { c_object("int f(int x, char *p) { return x; }\nvoid g(void) { }\n", "CC=$compiler", '-g1') } or skip "no $compiler", 1;
		my $r = run(['f', 'g'], [], $object);
		like($r->{err}, qr/^warning: gendwarfksyms: \w+: (?:the debugging information of [fg] in '\Q$object\E' has no types: was it compiled with -g1|no information for symbol)/m, "$compiler -g1 is warned about");
		is(scalar(() = $r->{err} =~ /has no types/g) < 2, 1, '... once for a unit');
		my $full = c_object("void g(void) { }\n", "CC=$compiler");
		is(run(['g'], [], $full)->{err}, '', "... and $compiler -g of a function without types isn't");
	}
}

# -T with no symbols: an empty file, not an old one
spew("$scratch/old.symtypes", "old\n");
$r = command('', $tool, '-T', "$scratch/old.symtypes", $object);
is($r->{status} . $r->{out} . $r->{err}, '0', '-T with an empty list');
is(slurp("$scratch/old.symtypes"), '', '... empties the file');
my $nothing = c_object("int v;\n");
spew("$scratch/old.symtypes", "old\n");
$r = command('', $tool, '-e', '-T', "$scratch/old.symtypes", $nothing);
is($r->{status} . $r->{out} . $r->{err} . slurp("$scratch/old.symtypes"), '0', '... and -e -T of an object without exports too');
spew("$scratch/old.symtypes", "old\n");
$r = command("\n", $tool, '-T', "$scratch/old.symtypes", $object);
is($r->{status} . slurp("$scratch/old.symtypes"), "1old\n", '... and after an error it is untouched');

done_testing();
