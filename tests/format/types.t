#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# FORMAT.md, section 5: type strings; section 6: fully qualified names.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my $int = 'base_type int byte_size(4) encoding(5)';

# A unit with int, the given DIEs (indented by two) and a variable v of the type @t.
sub unit {
	my ($dies, $attributes) = @_;
	return die_object(sprintf "compile_unit %s\n  \@int base_type name=int byte_size=4 encoding=5\n%s"
		. "  variable name=v type=\@t\n", $attributes // '', $dies);
}

# The string of the type @t.
sub type_is {
	my ($dies, $want, $name, $attributes) = @_;
	return string_is(unit($dies, $attributes), 'v', "variable $want", $name);
}

sub type_fails {
	my ($dies, $want, $name, $attributes) = @_;
	return fails_with(unit($dies, $attributes), ['v'], $want, $name);
}

# base_type
type_is("  \@t base_type name=x byte_size=2 encoding=7 alignment=4\n", 'base_type x byte_size(2) encoding(7) alignment(4)',
	'base_type with all attributes, in this order');
type_is("  \@t base_type alignment=4 encoding=7 byte_size=2 bit_size=3\n", 'base_type byte_size(2) encoding(7) alignment(4)',
	'base_type without a name; other attributes do not show');
type_is("  \@t base_type name=x byte_size=18446744073709551615\n", 'base_type x byte_size(18446744073709551615)',
	'numbers are unsigned and have 64 bits');
type_is("  \@t base_type name=x byte_size=-1\n", 'base_type x byte_size(18446744073709551615)', '... so a signed one is');
type_is("  \@t base_type name=x byte_size=0\n", 'base_type x byte_size(0)', 'a number 0 is there');
type_is("  \@t base_type name=\"\" byte_size=1\n", 'base_type byte_size(1)', 'an empty name is no name for F');

# Numbers by form
for (['data1', 200, 200], ['data2', 60000, 60000], ['data4', 4000000000, 4000000000], ['data8', 5, 5], ['udata', 300, 300],
	['sdata', -2, '18446744073709551614'], ['implicit_const', -2, '18446744073709551614'], ['loclistx', 3, 3],
	['rnglistx', 3, 3], ['addrx', 5, 5], ['addrx1', 200, 200], ['addrx4', 70000, 70000], ['indirect(data1)', 8, 8]) {
	my ($form, $value, $want) = @$_;
	type_is("  \@t base_type name=x byte_size:$form=$value encoding=5\n", "base_type x byte_size($want) encoding(5)",
		"a number of DW_FORM_$form");
}
for (['exprloc', '31'], ['block1', '31'], ['block2', '3132'], ['block4', '31'], ['block', '31'], ['string', 'x'], ['flag', 1],
	['data16', 1], ['addr', 8], ['strx', 1], ['sec_offset', 0], ['ref4', 12], ['flag_present', 1], ['strx3', 1]) {
	my ($form, $value) = @$_;
	type_is("  \@t base_type name=x byte_size:$form=$value encoding=5\n", 'base_type x encoding(5)',
		"DW_FORM_$form gives no number");
}
type_is("  \@t base_type name=x byte_size=1 byte_size=2\n", 'base_type x byte_size(1)', 'of two attributes the first counts');
type_is("  \@t structure_type\n    member type=\@int data_member_location:sec_offset=2\n"
	. "%section .debug_loclists\n%asm .4byte 7\n", "structure_type { member $int data_member_location(2) }",
	'an offset into the location lists is a number');
type_is("  \@t structure_type\n    member type=\@int data_member_location:sec_offset=4\n"
	. "%section .debug_loclists\n%asm .4byte 7\n", "structure_type { member $int }", '... but not one beyond them');
type_is("  \@t structure_type\n    member type=\@int data_member_location:data4=2\n", "structure_type { member $int }",
	'data4 is such an offset before DWARF 4', 'version=3');
type_is("  \@t structure_type\n    member type=\@int data_member_location:data4=2\n",
	"structure_type { member $int data_member_location(2) }", '... and a number since', 'version=4');

# Wrappers
for my $tag (qw(atomic_type const_type immutable_type packed_type pointer_type reference_type restrict_type
	rvalue_reference_type shared_type volatile_type)) {
	type_is("  \@t $tag type=\@int\n", "$tag { $int }", $tag);
	type_is("  \@t $tag name=n byte_size=8 alignment=16\n", "$tag n { base_type void } byte_size(8) alignment(16)",
		"$tag with all attributes, of void");
}
type_is("  \@t typedef name=n type=\@int alignment=8 byte_size=4\n", "typedef_type n { $int } byte_size(4) alignment(8)", 'typedef');
type_is("  \@t typedef type=\@int\n", "typedef_type { $int }", 'typedef without a name');
type_is("  \@t template_type_parameter name=T type=\@int\n", "template_type_parameter_type T { $int }",
	'template_type_parameter');

# Arrays
type_is("  \@t array_type type=\@int\n    subrange_type count=3\n", "array_type[3] { $int }", 'array with a count');
type_is("  \@t array_type type=\@int\n    subrange_type upper_bound=3\n", "array_type[4] { $int }", 'array with an upper bound');
type_is("  \@t array_type type=\@int\n    subrange_type upper_bound=3 count=7\n", "array_type[7] { $int }", 'the count comes first');
type_is("  \@t array_type type=\@int\n    subrange_type count:exprloc=31 upper_bound=1\n", "array_type[2] { $int }",
	'a count that is no number does not count');
type_is("  \@t array_type type=\@int\n    subrange_type\n", "array_type[] { $int }", 'array without bounds');
type_is("  \@t array_type type=\@int\n    subrange_type upper_bound=-1\n", "array_type[0] { $int }", 'upper bound -1');
type_is("  \@t array_type type=\@int byte_size=9 name=n\n    subrange_type count=2\n    base_type name=x\n    subrange_type count=5\n",
	"array_type[2][5] { $int }", 'two dimensions; nothing else of an array shows');
type_is("  \@t array_type\n", 'array_type { base_type void }', 'array without dimensions, of void');
type_is("  \@t subrange_type count=4\n", '[4]', 'a subrange as a type');

# Functions
type_is("  \@t subroutine_type 0x27:flag_present type=\@int\n    formal_parameter type=\@int\n    formal_parameter name=b\n",
	"subroutine_type ( formal_parameter $int , formal_parameter base_type void b ) -> $int",
	'subroutine_type');
type_is("  \@t subroutine_type\n", 'subroutine_type ( ) -> base_type void', 'subroutine_type without anything');
type_is("  \@t subroutine_type name=n byte_size=3\n    formal_parameter type=\@int\n    unspecified_parameters\n    formal_parameter type=\@int\n",
	"subroutine_type ( formal_parameter $int , formal_parameter $int ) -> base_type void",
	'other children than parameters do not show, nor make a separator');
type_is("  \@t subroutine_type\n    formal_parameter type=\@int data_member_location=4 data_bit_offset=3 bit_size=2 accessibility=1 name=p\n",
	"subroutine_type ( formal_parameter $int p accessibility(1) bit_size(2) data_bit_offset(3) data_member_location(4) ) -> base_type void",
	'formal_parameter with all attributes, in this order');
my $function = die_object(<<'D');
compile_unit
  @int base_type name=int byte_size=4 encoding=5
  subprogram name=f type=@int byte_size=4
    formal_parameter type=@int name=a
    variable name=local type=@int
    formal_parameter type=@int
    lexical_block
      formal_parameter name=inner
  subprogram name=g
  variable name=w
D
string_is($function, 'f', "subprogram ( formal_parameter $int a , formal_parameter $int ) -> $int", 'an exported function');
string_is($function, 'g', 'subprogram ( ) -> base_type void', 'an exported function without anything');
string_is($function, 'w', 'variable base_type void', 'an exported variable without a type');

# Structures and the like
for (['structure_type', 's#'], ['class_type', 's#'], ['union_type', 'u#']) {
	my ($tag, $reference) = @$_;
	type_is("  \@t $tag name=n byte_size=8 alignment=4\n    member name=a type=\@int\n    member\n",
		"$tag n { member $int a , member base_type void } byte_size(8) alignment(4)", $tag);
	type_is("  \@t $tag\n", "$tag { }", "$tag without anything");
	type_is("  \@t $tag byte_size=4\n    class_type name=c\n    enumeration_type name=e\n    member name=a type=\@int\n"
		. "    structure_type name=s\n    union_type name=u\n    subprogram name=f\n    template_type_parameter name=T\n"
		. "    member name=b type=\@int\n", "$tag { member $int a , member $int b } byte_size(4)",
		"children of a $tag that are passed over");
	# Not in FORMAT.md, nor in the model
	is(version_of(unit("  \@t $tag byte_size=4\n    0x30 name=N type=\@int const_value=4\n    member name=a type=\@int\n"), 'v'),
		crc("variable $tag { member $int a } byte_size(4)"), "a template_value_parameter of a $tag is passed over");
	type_fails("  \@t $tag\n    inheritance type=\@int\n", 'unexpected structure_type child: 0x1c.*DIE 0x', "another child of a $tag");
	type_is("  \@t $tag name=n byte_size=8 declaration\n    member name=a type=\@int\n    inheritance\n", "$tag n { }",
		"a declared $tag shows nothing but its name");
	symtypes_is(unit("  \@t $tag name=n byte_size=8\n"), ['v'], "${reference}n $tag n { } byte_size(8)\nv variable ${reference}n\n",
		"the reference to a $tag");
}
type_is("  \@t structure_type\n    member name=a type=\@int accessibility=1 bit_size=2 data_bit_offset=3 data_member_location=4 byte_size=4\n",
	"structure_type { member $int a accessibility(1) bit_size(2) data_bit_offset(3) data_member_location(4) }",
	'member with all attributes, in this order');
type_is("  \@t structure_type\n    member name=\"\" type=\@int\n", "structure_type { member $int  }",
	'an empty name of a member shows a blank');
type_is("  \@t structure_type declaration:flag=0\n    member name=a type=\@int\n", "structure_type { member $int a }",
	'a DW_AT_declaration that is 0 does not count');

# Enumerations
type_is("  \@t enumeration_type name=e byte_size=4 alignment=2 type=\@int\n    enumerator name=A const_value=1\n    enumerator name=B const_value=-3\n"
	. "    variable name=x\n    enumerator const_value:string=x name=C\n    enumerator\n",
	'enumeration_type e { enumerator A = 1 , enumerator B = 18446744073709551613 , enumerator C , enumerator } byte_size(4) alignment(2)',
	'enumeration_type: only enumerators show');
type_is("  \@t enumeration_type\n", 'enumeration_type { }', 'enumeration_type without anything');
type_is("  \@t enumeration_type name=e declaration byte_size=4\n    enumerator name=A\n", 'enumeration_type e { }', 'a declared enumeration');

# Variants
type_is("  \@t structure_type byte_size=8\n    variant_part discr=\@d\n      \@d member type=\@int artificial\n      variant discr_value=1\n        member name=x type=\@int\n"
	. "        structure_type name=hidden\n        member name=y type=\@int\n      variant\n    member name=z type=\@int\n",
	"structure_type { variant_part { member $int , variant { member $int x , member $int y } discr_value(1) , variant { } } , member $int z } byte_size(8)",
	'variant_part and variant');
type_is("  \@t structure_type\n    variant_part discr_value=7\n", 'structure_type { variant_part { } }', 'an empty variant_part, which has no discr_value');
type_is("  namespace name=n\n    \@t enumerator name=X const_value=1\n", 'enumerator n::X = 1', 'an enumerator as a type has a fully qualified name');
type_is("  \@t structure_type\n    variant_part\n      pointer_type type=\@int\n      variant\n      variant\n",
	"structure_type { variant_part { pointer_type { $int }variant { } , variant { } } }", 'any child shows in a variant_part; only items have separators');

type_is("  \@t unspecified_type name=n\n", 'unspecified_type', 'unspecified_type');
type_fails("  \@t lexical_block\n", 'unexpected type: 0xb .*DIE 0x', 'another tag is an error');
type_fails("  \@t pointer_type type=\@u\n  \@u 0x4109 name=x\n", 'unexpected type: 0x4109', '... also a vendor\'s');

# Definitions and private types
my @cases = (['a.c', 'private'], ['a.h', 'public'], ['a.C', 'public'], ['a.cc', 'public'], ['ac', 'public'], ['a.c.h', 'public'], ['.c', 'private'],
	['a.h.c', 'private'], ['dir/b.c', 'private']);
for (@cases) {
	my ($file, $what) = @$_;
	for my $version (2 .. 5) {
		my $number = $version < 5 ? 1 : 0;
		type_is("  \@t structure_type name=s byte_size=4 decl_file=$number\n    member name=a type=\@int\n",
			$what eq 'private' ? 'structure_type s { }' : "structure_type s { member $int a } byte_size(4)",
			"a type of a file $file is $what (DWARF $version)", "version=$version files=$file");
	}
}
for my $tag (qw(class_type union_type enumeration_type)) {
	type_is("  \@t $tag name=s byte_size=4 decl_file=1\n", "$tag s { }", "a private $tag", 'files=a.h,b.c');
}
type_is("  \@t typedef name=s decl_file=1 type=\@int\n", "typedef_type s { $int }", 'a typedef is never private', 'files=a.h,b.c');
type_is("  \@t structure_type decl_file=0 byte_size=1\n", 'structure_type { } byte_size(1)', 'file number 0 before DWARF 5 has no name',
	'version=4 files=a.c');
type_is("  \@t structure_type byte_size=1\n", 'structure_type { } byte_size(1)', 'no DW_AT_decl_file: not private', 'files=a.c');
type_is("  \@t structure_type decl_file:exprloc=01 byte_size=1\n", 'structure_type { } byte_size(1)',
	'a DW_AT_decl_file that is no number: not private', 'files=a.c');
type_fails("  \@t structure_type decl_file=1\n", 'DW_AT_decl_file.*DIE 0x', 'no line table');
type_fails("  \@t structure_type decl_file=2\n", 'DW_AT_decl_file 2 is beyond.*DIE 0x', 'a file number beyond the line table', 'files=a.h,b.h');
type_is("  \@t structure_type name=s decl_file=7 declaration\n", 'structure_type s { }', 'a declaration needs no file name');

# Line breaks
type_is("  \@t pointer_type type=\@e\n  \@e enumeration_type\n", 'pointer_type { enumeration_type { } }', 'line breaks side by side');

# References
my $refs = unit("  \@s structure_type name=s\n    member name=a type=\@u\n    member name=b type=\@e\n    member name=c type=\@td\n"
	. "    member name=d type=\@x\n  \@u union_type name=s\n  \@e enumeration_type name=s\n  \@td typedef name=s type=\@p\n"
	. "  \@p pointer_type type=\@s\n  \@x class_type name=\"a b\"\n  \@t pointer_type type=\@s\n");
symtypes_is($refs, ['v'], <<'D', 'references to all kinds of named types');
e#s enumeration_type s { }
s#'a b' class_type a b { }
s#s structure_type s { member u#s a , member e#s b , member t#s c , member s#'a b' d }
t#s typedef_type s { pointer_type { s#s } }
u#s union_type s { }
v variable pointer_type { s#s }
D
string_is($refs, 'v', "variable pointer_type { structure_type s { member union_type s { } a , member enumeration_type s { } b , "
	. "member typedef_type s { pointer_type { s#s } } c , member class_type a b { } d } }", 'the first reference is expanded, the next stand');
symtypes_is(unit("  \@t base_type name=s\n"), ['v'], "v variable base_type s\n", 'a base type is no named type');
symtypes_is(unit("  \@t structure_type\n    member type=\@int\n"), ['v'], "v variable structure_type { member $int }\n",
	'a structure without a name is no named type');
symtypes_is(unit("  \@t structure_type name=\"\"\n"), ['v'], "v variable structure_type { }\n", 'nor one with an empty name');

# Type references
type_is("  \@t pointer_type type:ref_sig8=0x1234\n", 'pointer_type { base_type void }', 'a signature without a unit is void');
type_fails("  \@t pointer_type type:ref4=0x7fff\n", 'DW_AT_type refers to no DIE.*DIE 0x', 'a reference out of the unit');
type_fails("  \@t pointer_type type:ref_addr=0x7fffff\n", 'DW_AT_type refers to no DIE.*DIE 0x', 'a reference out of the section');
type_fails("  \@t pointer_type type:ref4=14\n", 'no DIE begins', 'a reference into the middle of a DIE');
type_is("  \@t pointer_type signature:ref_sig8=0x1234 type=\@int\n", "pointer_type { $int }", 'DW_AT_signature is not followed');
for my $form (qw(ref1 ref2 ref4 ref8 ref_udata ref_addr)) {
	my $object = $form eq 'ref_udata' ? "  \@t pointer_type type:ref_udata=13\n" : "  \@t pointer_type type:$form=\@int\n";
	type_is($object, "pointer_type { $int }", "a reference of DW_FORM_$form");
}
for my $unit ('type_unit version=5 signature=0x77', 'type_unit version=4 section=types signature=0x77') {
	my $object = die_object("compile_unit\n  variable name=v type=\@p\n  \@p pointer_type type:ref_sig8=0x77\n$unit type=\@s\n"
		. "  namespace name=n\n    \@s structure_type name=s byte_size=1\n");
	string_is($object, 'v', 'variable pointer_type { structure_type n::s { } byte_size(1) }', "a type unit: $unit");
}
string_is(die_object("compile_unit\n  variable name=v type=\@s\ncompile_unit\n  \@s structure_type name=s byte_size=1\n"), 'v',
	'variable structure_type s { } byte_size(1)', 'a reference to another unit');

# Endless types
type_fails("  \@t pointer_type type=\@t\n", 'endless type.*DIE 0x', 'a pointer to itself');
type_fails("  \@t pointer_type type=\@u\n  \@u const_type type=\@t\n", 'endless type', 'a cycle of two');
type_fails("  \@t structure_type\n    member type=\@p\n  \@p pointer_type type=\@t\n", 'endless type', 'a structure without a name that contains itself');
type_fails("  \@t typedef name=t type=\@p\n  \@p pointer_type type=\@t\n", 'endless type', 'a typedef of itself, without a structure between');
fails_with(unit("  \@t typedef name=t type=\@p\n  \@p pointer_type type=\@t\n"), ['v'], 'endless type', '... with --canonical', '--canonical');
type_is("  \@t typedef name=t type=\@s\n  \@s structure_type\n    member name=m type=\@p\n  \@p pointer_type type=\@t\n",
	'typedef_type t { structure_type { member pointer_type { t#t } m } }', 'a typedef of a structure with itself is fine');
type_is("  \@t structure_type name=s\n    member name=m type=\@p\n  \@p pointer_type type=\@t\n",
	'structure_type s { member pointer_type { s#s } m }', 'so is a structure with a name');

# A string that doubles at each of 64 levels
type_fails("  \@t pointer_type type=\@f0\n" . join('', map {
	my $to = $_ < 63 ? '@f' . ($_ + 1) : '@int';
	"  \@f$_ subroutine_type\n    formal_parameter type=$to\n    formal_parameter type=$to\n"
} 0 .. 63), 'type string of more than 67108864 bytes.*DIE 0x', 'a type string without bounds');
# A chain of pointers is as deep as it likes. (The model takes minutes for the deeper one.)
sub pointers {
	my ($depth) = @_;
	return (join('', map { "  \@" . ($_ ? "p$_" : 't') . " pointer_type type=\@" . ($_ < $depth - 1 ? 'p' . ($_ + 1) : 'int') . "\n" } 0 .. $depth - 1),
		'pointer_type { ' x $depth . $int . ' }' x $depth);
}
type_is(pointers(2000), '2000 pointers to pointers');
my ($deep, $deep_string) = pointers(20000);
is(version_of(unit($deep), 'v'), crc("variable $deep_string"), '20000 pointers to pointers');

# Fully qualified names (section 6)
sub named {
	my ($dies, $want, $name) = @_;
	return symtypes_is(unit($dies), ['v'], "$want\nv variable s#" . ($want =~ /^s#(\S+)/)[0] . "\n", $name);
}
named("  namespace name=a\n    namespace name=b\n      \@t structure_type name=s\n", 's#a::b::s structure_type a::b::s { }', 'namespaces');
named("  structure_type name=a\n    class_type name=b\n      \@t structure_type name=s\n", 's#a::b::s structure_type a::b::s { }',
	'structures and classes are prefixes');
named("  namespace\n    \@t structure_type name=s\n", 's#s structure_type s { }', 'an outermost scope without a name is none');
named("  namespace\n    namespace name=b\n      \@t structure_type name=s\n", 's#b::s structure_type b::s { }', '... but one inside it is');
named("  namespace name=a\n    namespace\n      \@t structure_type name=s\n", 's#a::<anonymous>::s structure_type a::<anonymous>::s { }',
	'a scope without a name inside one with a name');
for my $tag (qw(union_type enumeration_type subprogram lexical_block)) {
	named("  namespace name=a\n    $tag name=b\n      \@t structure_type name=s\n", 's#s structure_type s { }', "a $tag ends the chain");
	named("  namespace name=a\n    $tag name=b\n      structure_type name=c\n        \@t structure_type name=s\n",
		's#c::s structure_type c::s { }', "... and it begins anew below a $tag");
}
type_is("  namespace name=a\n    \@t structure_type\n      member name=x type=\@int\n", "structure_type { member $int x }",
	'no name, no fully qualified name');
type_is("  namespace name=a\n    \@t base_type name=b\n", 'base_type a::b', 'any DIE has a fully qualified name');
type_is("  structure_type name=a\n    \@t enumeration_type name=e\n      enumerator name=X\n", 'enumeration_type a::e { enumerator X }',
	'... but an enumerator\'s parent has no prefix');
type_is("  namespace name=a\n    \@t structure_type name=s\n      member name=m type=\@int\n", "structure_type a::s { member $int m }",
	'members show their own name');

# Names by form
for my $form (qw(string strp line_strp)) {
	type_is("  \@t base_type name:$form=\"long name\"\n", 'base_type long name', "a name of DW_FORM_$form");
}
type_fails("  \@t base_type name:strp=9999 byte_size=1\n", 'name at offset 0x270f of \.debug_str', 'a name out of the section');
my $strx = "%section .debug_str_offsets\n%asm .4byte 12\n%asm .2byte 5, 0\n%asm .4byte 0, 6\n%section .debug_str\n%asm .asciz \"first\"\n%asm .asciz \"second\"\n";
for (['strx', 1], ['strx1', 1], ['strx2', 1], ['strx3', 1], ['strx4', 1]) {
	my ($form, $value) = @$_;
	type_is("  \@t base_type name:$form=$value\n$strx", 'base_type second', "a name of DW_FORM_$form", 'str_offsets_base:sec_offset=8');
}
type_is("  \@t base_type name:strx1=0\n$strx", 'base_type first', 'the base of the offsets is 8 if not given');
type_is("  \@t base_type name:strx1=0\n$strx", 'base_type second', 'and as given otherwise', 'str_offsets_base:sec_offset=12');
type_fails("  \@t base_type name:strx1=0\n" . $strx =~ s/0, 6/13, 6/r, 'a name that is out of bounds', 'a name at the end of the section',
	'str_offsets_base:sec_offset=8');
SKIP: {
	skip 'relocations of a byte are written for x86-64 here', 1 if !predefined('__x86_64__');
	type_fails("  \@t base_type name:strp=0\n%section .debug_str\n%asm .ascii \"name\"\n%asm end: .byte 0\n"
		. "%asm .reloc end, R_X86_64_8, letter\n%asm .set letter, 0x41\n", 'a name at offset 0x0 of \.debug_str',
		'a name whose end is no end after relocation');
}
type_is("  \@t base_type name:data4=1 byte_size=1\n", 'base_type byte_size(1)', 'a name of another form is none');
type_is("  \@t base_type name=\"caf\xe9\"\n", "base_type caf\xe9", 'names are bytes');

done_testing();
