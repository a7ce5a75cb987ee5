#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# FORMAT.md, section 5a: the walk, its two traces, and --canonical, which has none.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

# The first trace, by the example of the section: a function type in two structures.
my $example = c_object(<<'C');
struct a;
struct b { int (*f)(struct a *, struct b *); };
struct c { int (*f)(struct a *, struct b *); };
---
int with_c(struct c *c) { return 0; }
int with_b(struct b *b) { return 0; }
C
my $size = "byte_size(@{[predefined('__SIZEOF_POINTER__')]})";
my $pa = "formal_parameter pointer_type { structure_type a { } } $size";
string_is($example, 'with_c', "subprogram ( formal_parameter pointer_type { structure_type c { member pointer_type { "
	. "subroutine_type ( $pa" . "formal_parameter pointer_type { structure_type b { member pointer_type { subroutine_type ( formal_parameter pointer_type "
	. "{ s#a } ${size}formal_parameter pointer_type { s#b } $size ) -> base_type int byte_size(4) encoding(5) } $size f data_member_location(0) } "
	. "$size } $size ) -> base_type int byte_size(4) encoding(5) } $size f data_member_location(0) } $size } $size c ) -> "
	. "base_type int byte_size(4) encoding(5)", 'the first trace: no separator between the parameters');
string_like($example, 'with_b', qr/\Q$size\E , formal_parameter/, 'no trace when struct b is met first');
string_like($example, 'with_c', qr/\} , formal_parameter/, 'no trace with --canonical', '--canonical');
isnt(version_of($example, 'with_c'), version_of($example, 'with_c', '--canonical'), 'the version shows it');
my $r = run(['with_b', 'with_c'], ['--dump-versions'], $example);
same_as_model(['with_b', 'with_c'], [], $example, 'both: what the first leaves behind the second has too');

# What is finished in a file is not visited again, also not for the next symbol; a DIE is walked once.
my $unit = <<'D';
compile_unit
  @pa pointer_type type=@a
  @a structure_type name=a byte_size=1
  @f subroutine_type
    formal_parameter type=@pa
    formal_parameter type=@pb
    formal_parameter type=@pc
  @pf pointer_type type=@f
  @b structure_type name=b
    member name=f type=@pf
  @pb pointer_type type=@b
  @c structure_type name=c
    member name=f type=@pf
  @pc pointer_type type=@c
D
my %use = (f => "  variable name=vf type=\@f\n", b => "  variable name=vb type=\@b\n", c => "  variable name=vc type=\@c\n",
	pf => "  variable name=vpf type=\@pf\n", fun => "  subprogram name=vfun\n    formal_parameter type=\@pc\n    formal_parameter type=\@pf\n");
for my $order (['f'], ['b'], ['c'], ['pf'], ['fun'], ['f', 'b'], ['b', 'f'], ['c', 'b', 'f'], ['fun', 'b', 'c', 'pf']) {
	my $object = die_object($unit . join('', map { $use{$_} } @$order));
	same_as_model([map {"v$_"} @$order], [], $object, "walk: @$order");
	same_as_model([map {"v$_"} @$order], ['--canonical'], $object, "walk: @$order, --canonical");
}
# Three parameters, the second and third lead back: their last visits begin when all before them are finished.
my $lost = die_object($unit . $use{f});
symtypes_is($lost, ['vf'], <<'D', 'a function whose later parameters lead back to it');
s#a structure_type a { } byte_size(1)
s#b structure_type b { member pointer_type { subroutine_type ( formal_parameter pointer_type { s#a }formal_parameter pointer_type { s#b }formal_parameter pointer_type { s#c } ) -> base_type void } f }
s#c structure_type c { member pointer_type { subroutine_type ( formal_parameter pointer_type { s#a }formal_parameter pointer_type { s#b }formal_parameter pointer_type { s#c } ) -> base_type void } f }
vf variable subroutine_type ( formal_parameter pointer_type { s#a }formal_parameter pointer_type { s#b }formal_parameter pointer_type { s#c } ) -> base_type void
D

# A symbol pointer's type is a symbol and a type at once: they share parameters.
my $shared = die_object($unit . "  variable name=__gendwarfksyms_ptr_g type=\@pf\n");
same_as_model(['g'], [], $shared, 'a kept function type');
same_as_model(['g', 'vb'], [], die_object($unit . "  variable name=__gendwarfksyms_ptr_g type=\@pf\n" . $use{b}), '... and a variable');

# A body is visited the first time it is met for a symbol; no definition, no children.
same_as_model(['v'], [], die_object(<<'D'), 'a body that is no definition');
compile_unit
  @f subroutine_type
    formal_parameter type=@d
    formal_parameter type=@ps
  @d structure_type name=d declaration
    member type=@f
  @s structure_type name=s
    member type=@f
  @ps pointer_type type=@s
  variable name=v type=@s
D

# --canonical: the same versions for any order of the same definitions.
my @definitions = ("int use_b(struct b *b) { return 0; }\n", "int use_c(struct c *c) { return 0; }\n", "int use_a(struct a *a, struct c *c) { return 0; }\n",
	"int use_f(int (*f)(struct a *, struct b *), struct b *b) { return 0; }\n");
my $header = "struct a { int i; };\nstruct b { int (*f)(struct a *, struct b *); };\nstruct c { int (*f)(struct a *, struct b *); };\n---\n";
my @symbols = qw(use_b use_c use_a use_f);
my (%plain, %canonical);
for my $order ([0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1], [1, 3, 2, 0]) {
	my $object = c_object($header . join('', @definitions[@$order]));
	$plain{join ' ', sort split /\n/, run(\@symbols, [], $object)->{out}}++;
	$canonical{join ' ', sort split /\n/, run(\@symbols, ['--canonical'], $object)->{out}}++;
}
is(scalar(keys %canonical), 1, '--canonical: one set of versions for five orders');
# (What a compiler makes of an order of definitions is its own affair; so the same once more with DWARF of our own.)
%plain = %canonical = ();
my %subprograms = (
	a => "  subprogram name=use_a\n    formal_parameter type=\@pa\n    formal_parameter type=\@pc\n",
	b => "  subprogram name=use_b\n    formal_parameter type=\@pb\n",
	c => "  subprogram name=use_c\n    formal_parameter type=\@pc\n",
	f => "  subprogram name=use_f\n    formal_parameter type=\@pf\n    formal_parameter type=\@pb\n",
);
for my $order ([qw(a b c f)], [qw(c b a f)], [qw(f c b a)], [qw(b f a c)]) {
	my $object = die_object("compile_unit\n  \@a structure_type name=a byte_size=4\n  \@pa pointer_type type=\@a\n"
		. "  \@f subroutine_type\n    formal_parameter type=\@pa\n    formal_parameter type=\@pb\n  \@pf pointer_type type=\@f\n"
		. "  \@b structure_type name=b byte_size=8\n    member name=f type=\@pf\n  \@pb pointer_type type=\@b\n"
		. "  \@c structure_type name=c byte_size=8\n    member name=f type=\@pf\n  \@pc pointer_type type=\@c\n" . join('', @subprograms{@$order}));
	$plain{join ' ', sort split /\n/, run(\@symbols, [], $object)->{out}}++;
	$canonical{join ' ', sort split /\n/, run(\@symbols, ['--canonical'], $object)->{out}}++;
}
is(scalar(keys %canonical), 1, '... and for four orders of DIEs');
isnt(scalar(keys %plain), 1, '... which is more than without it');

# The second trace: renamed members.
my $int = 'base_type int byte_size(4) encoding(5)';
my $renamed = "compile_unit\n  \@int base_type name=int byte_size=4 encoding=5\n  \@u union_type\n    member name=new type=\@int\n"
	. "    member name=__kabi_renamedold type=\@int\n";
sub stable_is {
	my ($dies, $want, $canonical, $name) = @_;
	my $object = die_object($renamed . $dies);
	string_is($object, 'v', "variable $want", $name, '--stable');
	string_is($object, 'v', "canonical(2) variable $canonical", "$name, --canonical", '--stable', '--canonical');
}
stable_is("  \@s structure_type\n    member name=x type=\@u\n    member name=y type=\@int\n  variable name=v type=\@s\n",
	"structure_type { member $int old , member $int y }", "structure_type { member $int old , member $int y }", 'a member that is renamed');
stable_is("  \@p pointer_type type=\@u\n  \@s structure_type\n    member name=x type=\@p\n  variable name=v type=\@s\n",
	"structure_type { member pointer_type { $int } old }", "structure_type { member pointer_type { $int } x }",
	'the second trace: so is one that only leads to the union');
stable_is("  \@i structure_type name=i\n    member name=a type=\@u\n  \@s structure_type\n    member name=x type=\@i\n  variable name=v type=\@s\n",
	"structure_type { member structure_type i { member $int old } old }", "structure_type { member structure_type i { member $int old } x }",
	'... and one that encloses it');
stable_is("  \@i structure_type name=i\n    member name=a type=\@u\n    member name=b type=\@int\n  \@s structure_type\n    member name=x type=\@i\n  variable name=v type=\@s\n",
	"structure_type { member structure_type i { member $int old , member $int b } x }",
	"structure_type { member structure_type i { member $int old , member $int b } x }", '... but not when another member follows');
stable_is("  \@r union_type\n    member name=z type=\@int\n    member name=__kabi_reserved1 type=\@int\n  \@i structure_type name=i\n    member name=a type=\@u\n    variant_part\n"
	. "      pointer_type type=\@r\n  \@s structure_type\n    member name=x type=\@i\n  variable name=v type=\@s\n",
	"structure_type { member structure_type i { member $int old , variant_part { pointer_type { $int } } } x }",
	"structure_type { member structure_type i { member $int old , variant_part { pointer_type { $int } } } x }",
	'a reserved union sets no name');
stable_is("  \@s structure_type\n    member name=x type=\@u\n    member name=y type=\@u\n  variable name=v type=\@s\n",
	"structure_type { member $int old , member $int old }", "structure_type { member $int old , member $int old }",
	'a special union that was met for this symbol is still visited once more');
same_as_model(['v'], ['--stable'], die_object($renamed . "  \@s structure_type\n    member name=x type=\@u\n    member name=y type=\@u\n    member name=z type=\@u\n  variable name=v type=\@s\n"),
	'... and not a third time');
same_as_model(['v', 'w'], ['--stable'], die_object($renamed . "  \@s structure_type name=s\n    member name=x type=\@u\n  \@t structure_type name=t\n    member name=x type=\@u\n"
	. "    member name=y type=\@u\n    member name=z type=\@u\n  variable name=v type=\@s\n  variable name=w type=\@t\n"), '... for two symbols');

done_testing();
