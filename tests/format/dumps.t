#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# FORMAT.md, section 9: --dump-dies; section 7: --dump-versions.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my $int = 'base_type int byte_size(4) encoding(5)';
my $pointer = predefined('__SIZEOF_POINTER__');
my $base = "compile_unit\n  \@int base_type name=int byte_size=4 encoding=5\n";

sub dump_is {
	my ($dies, $symbols, $want, $name, @options) = @_;
	my $object = die_object($base . $dies);
	dies_is($object, $symbols, $want, $name, @options);
	same_as_model($symbols, [@options], $object, "$name: model");
}

dies_is(c_object("struct s { int a; struct s *next; } s;\n" =~ s/ s;$/;\n---\nstruct s s;/r), ['s'], <<"D", 'the example of the section');
variable structure_type s {
  member base_type int byte_size(4) encoding(5) a data_member_location(0) ,
  member pointer_type {
    structure_type s {
    }
  } byte_size($pointer) next data_member_location($pointer)
} byte_size(@{[2 * $pointer]})
D
dump_is("  subprogram name=f type=\@t\n    formal_parameter name=a type=\@t\n    formal_parameter type=\@p\n  \@t typedef name=t type=\@int\n  \@p pointer_type type=\@t\n", ['f'],
	<<'D', 'a function; a typedef is written in place each time');
subprogram (
  formal_parameter typedef_type t {
    base_type int byte_size(4) encoding(5)
  } a ,
  formal_parameter pointer_type {
    typedef_type t {
      base_type int byte_size(4) encoding(5)
    }
  }
)
-> typedef_type t {
  base_type int byte_size(4) encoding(5)
}
D
dump_is("  \@f subprogram name=f type=\@int external\n  variable name=g abstract_origin=\@f\n  variable name=h abstract_origin=\@f\n", ['f', 'g', 'h'], "subprogram (\n)\n-> $int\nvariable $int\n", 'a DIE of two symbols as a variable and one as a function');
dump_is("  subprogram name=f\n", ['f'], "subprogram (\n)\n-> base_type void\n", 'line breaks side by side make one newline');
for (['structure_type', 'member name=m type=@int', "member $int m"], ['class_type', 'member name=m type=@int', "member $int m"],
	['union_type', 'member name=m type=@int', "member $int m"], ['enumeration_type', 'enumerator name=A', 'enumerator A']) {
	my ($tag, $item, $want) = @$_;
	dump_is("  \@s $tag byte_size=4\n    $item\n  \@t structure_type\n    member name=a type=\@s\n    member name=b type=\@s\n  variable name=v type=\@t\n  variable name=w type=\@s\n",
		['v', 'w'], "variable structure_type {\n  member $tag {\n    $want\n  } byte_size(4) a ,\n  member $tag {\n  } b\n}\nvariable $tag {\n  $want\n} byte_size(4)\n",
		"a $tag, without a name too, is written once for each symbol");
}
dump_is("  \@s structure_type name=s byte_size=4\n    member name=m type=\@int\n  \@r structure_type name=s byte_size=4\n    member name=m type=\@int\n  \@t structure_type\n    member name=a type=\@s\n"
	. "    member name=b type=\@r\n  variable name=v type=\@t\n", ['v'],
	"variable structure_type {\n  member structure_type s {\n    member $int m\n  } byte_size(4) a ,\n  member structure_type s {\n    member $int m\n  } byte_size(4) b\n}\n",
	'... the very DIE, not the name');
dump_is("  \@t structure_type declaration name=s\n  variable name=v type=\@t\n", ['v'], "variable structure_type s {\n}\n", 'no definition');
dump_is("  \@t array_type type=\@e\n    subrange_type count=2\n    subrange_type\n  \@e enumeration_type\n    enumerator name=A const_value=1\n  variable name=v type=\@t\n", ['v'],
	"variable array_type[2][] {\n  enumeration_type {\n    enumerator A = 1\n  }\n}\n", 'an array');
dump_is("  \@t structure_type byte_size=8\n    variant_part\n      member type=\@int\n      variant discr_value=1\n        member name=x type=\@int\n      variant\n  variable name=v type=\@t\n", ['v'],
	<<'D', 'variants');
variable structure_type {
  variant_part {
    member base_type int byte_size(4) encoding(5) ,
    variant {
      member base_type int byte_size(4) encoding(5) x
    } discr_value(1) ,
    variant {
    }
  }
} byte_size(8)
D
# Once for each DIE, when it becomes a symbol's
dump_is("  variable name=v type=\@int\n  variable name=u\n%symbol v .data 8\n%symbol w .data 8\n", ['v', 'w', 'u'], "variable $int\nvariable base_type void\n", 'aliases: once');
dump_is("  \@a variable name=v type=\@int\n  variable name=u abstract_origin=\@a\n", ['v', 'u'], "variable $int\n", 'two symbols with one DIE: once');
dump_is("  \@p pointer_type type=\@int\n  variable name=__gendwarfksyms_ptr_v type=\@p\n  variable name=u\n", ['v', 'u'], "variable base_type void\nvariable $int\n",
	'in the order in which DIEs become a symbol\'s: kept ones at the end of the unit');

# The first trace: the finished separators, in all places (differs)
dies_is(c_object(<<'C'), ['f'], <<"D", 'differs: where the first trace strikes, the finished separators');
struct a;
struct b { int (*f)(struct a *, struct b *); };
struct c { int (*f)(struct a *, struct b *); };
---
int f(struct c *c) { return 0; }
C
subprogram (
  formal_parameter pointer_type {
    structure_type c {
      member pointer_type {
        subroutine_type (
          formal_parameter pointer_type {
            structure_type a {
            }
          } byte_size($pointer)formal_parameter pointer_type {
            structure_type b {
              member pointer_type {
                subroutine_type (
                  formal_parameter pointer_type {
                    structure_type a {
                    }
                  } byte_size($pointer)formal_parameter pointer_type {
                    structure_type b {
                    }
                  } byte_size($pointer)
                )
                -> base_type int byte_size(4) encoding(5)
              } byte_size($pointer) f data_member_location(0)
            } byte_size($pointer)
          } byte_size($pointer)
        )
        -> base_type int byte_size(4) encoding(5)
      } byte_size($pointer) f data_member_location(0)
    } byte_size($pointer)
  } byte_size($pointer) c
)
-> base_type int byte_size(4) encoding(5)
D
# Special unions
my $union = "  \@u union_type\n    member name=x type=\@s\n    member name=__kabi_renamedold type=\@s\n  \@s structure_type name=s\n    member name=m type=\@int\n";
dump_is("$union  \@t structure_type\n    member name=a type=\@u\n    member name=b type=\@int\n    member name=c type=\@u\n  variable name=v type=\@t\n", ['v'], <<'D',
variable structure_type {
  member structure_type s {
    member base_type int byte_size(4) encoding(5) m
  } a ,
  member base_type int byte_size(4) encoding(5) b ,
  member structure_type s {
  } old
}
D
	'a special union is written in full; the member in its structure has forgotten the new name', '--stable');
dump_is("  \@u union_type\n    member name=__kabi_ignored type=\@int\n  \@t pointer_type type=\@u\n  variable name=v type=\@t\n", ['v'], "variable pointer_type {\n  \n}\n",
	'an ignored union: an empty text is a text', '--stable');
dump_is("  \@e enumeration_type name=e\n    enumerator name=A\n  variable name=v type=\@e\n%rule enumerator_ignore \"e A\"\n", ['v'], "variable enumeration_type e {\n}\n",
	'an ignored enumerator', '--stable');
fails_with(die_object("$base  \@u union_type\n    member name=__kabi_reserved type=\@t\n  \@t typedef name=t type=\@u\n  variable name=v type=\@t\n"), ['v'], 'endless type',
	'a special union that is endless in the dump', '--stable', '--dump-dies');

# --dump-versions
my $r = run(['v', 'nowhere', 'w'], ['--dump-versions'], die_object("$base  variable name=v type=\@int\n  variable name=w\n"));
is($r->{err} =~ s/^warning.*\n//mgr, "v variable $int\nw variable base_type void\n", '--dump-versions: in the order of symbols');

done_testing();
