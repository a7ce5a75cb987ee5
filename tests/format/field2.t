#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# Inputs from the field, beside those of field.t: type units that are not read; kABI rules that a linker discarded, split or emptied.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

# Type units: what they hold shows as void or { }, with a warning.
my $types = "struct s { int a; struct t { long b[3]; } t; };\n---\n#ifdef __cplusplus\nextern \"C\"\n#endif\n"
	. "int f(struct s *p) { return p->a; }\nstruct s v;\n#ifdef __cplusplus\nextern \"C\"\n#endif\nint g(int a) { return a; }\n";
my $warning = qr/^warning: gendwarfksyms: decode: types of '([^']*)' are in type units \(-fdebug-types-section\) that are not read: .*DIE 0x[0-9a-f]+ in '([^']*)'/m;
for my $compiler ('cc', 'clang') {
	for my $flags (['-gdwarf-4'], ['-gdwarf-5'], ['-gdwarf-4', '-gsplit-dwarf'], ['-gdwarf-5', '-gsplit-dwarf'], ['-gdwarf-5', '-gsplit-dwarf=single']) {
		SKIP: {
			my @flags = (@$flags, '-fdebug-types-section', $compiler eq 'clang' ? ('-x', 'c++') : ());  # not in C
			my $object = eval { c_object($types, "CC=$compiler", @flags) } or skip "no $compiler @flags";
			my $r = run(['f', 'v'], [], $object, $object);
			if ($compiler eq 'cc' && "@flags" =~ /gdwarf-5 -gsplit-dwarf/ && $r->{status} eq '1') {
				like($r->{err}, qr/'.*\.dwo' \(-gsplit-dwarf\), where libdw doesn't find it beside the type units of gcc: compile without -fdebug-types-section/,
					"$compiler @flags: libdw doesn't find the unit");
				next;
			}
			is($r->{status}, 0, "$compiler @flags");
			is($r->{err} =~ $warning ? $1 : $r->{err}, $object, '... a warning with the file');
			is(scalar(() = $r->{err} =~ /^warning/mg), 1, '... once');
			is(run(['g'], [], $object)->{err}, '', '... not for what leads to no such type');
		}
	}
}
my $reached = die_object(<<'D');
compile_unit
  variable name=v type:ref_sig8=0x77
  variable name=w type=@d
  @d structure_type declaration signature:ref_sig8=0x77
  structure_type name=parent declaration signature:ref_sig8=0x77
    variable name=x
type_unit version=5 signature=0x77 type=@s
  @s structure_type name=s byte_size=1
D
is(run(['v'], [], $reached)->{err}, '', 'a type unit that is found: no warning');
is(run(['x'], [], $reached)->{err}, '', 'no warning for what is only around a symbol');
like(run(['w'], [], $reached)->{err}, $warning, 'DW_AT_signature is not followed, which is said');
like(run(['v'], [], die_object("compile_unit\n  \@p pointer_type type:indirect(ref_sig8)=0x78\n  variable name=v type=\@p\n"))->{err}, $warning,
	'a signature without a unit, indirect');

done_testing();
