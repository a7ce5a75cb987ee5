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

# kABI rules. The kernel's linker scripts discard them.
my $rules = 'asm(".pushsection .discard.gendwarfksyms.kabi_rules,\\"a\\"; .asciz \\"1\\", \\"byte_size\\", \\"q\\", \\"40\\"; .popsection");' . "\n";
my $q = "struct q { int a; long b[3]; };\n---\nint f(struct q *p) { return p->a; }\n__attribute__((section(\".gnu.linkonce.this_module\"))) int this_module;\n";
my ($with, $without) = (c_object($q . $rules, '-fPIC'), c_object($q, '-fPIC'));
my $script = spew("$scratch/discard.lds", "SECTIONS { /DISCARD/ : { *(.discard.*) } }\n");
my $discarded = qr/^warning: gendwarfksyms: kabi: '([^']*)' has no kABI rules: the linker discards them in modules \(MODULE\.ko\) and in vmlinux\. Give .* MODULE\.o \(sed 's\/ko\$\/o\/' modules\.order\) and vmlinux\.o$/m;

sub link_to {
	my ($name, @arguments) = @_;
	my $r = command('', split(' ', $ENV{CC} || 'cc'), '-nostdlib', '-o', "$scratch/$name", @arguments);
	is($r->{status}, 0, "link $name") or diag($r->{err});
	return "$scratch/$name";
}
my $plain = c_object($q =~ s/^__attribute__.*\n//mr . $rules, '-fPIC');
my $module = link_to('module.ko', '-r', '-Wl,-T,' . $script, $with);
my $kernel = link_to('vmlinux', '-static', '-Wl,-e,0', "-Wl,-T,$script", $plain);
my $shared = link_to('vmlinux.so', '-shared', "-Wl,-T,$script", $plain);
is(run(['f'], ['--stable'], $with)->{err}, '', 'a module with its rules: no warning');
for my $file ($module, $kernel, $shared, $without) {
	my $r = run(['f'], ['--stable'], $file);
	is($r->{status}, 0);
	is($r->{err} =~ $discarded ? $1 : $r->{err}, $file, "rules that the linker discarded: $file");
	is(run(['f'], [], $file)->{err}, '', '... no warning without --stable');
}
my $named = spew("$scratch/named.ko", slurp(c_object($q =~ s/^__attribute__.*\n//mr)));
like(run(['f'], ['--stable'], $named)->{err}, $discarded, 'a file called .ko');
is(scalar(() = run(['f'], ['--stable'], $plain, $module, $kernel, $shared)->{err} =~ /discards/g), 1, 'one warning a run');
is(run(['f'], ['--stable'], c_object($q =~ s/^__attribute__.*\n//mr))->{err}, '', 'an object without rules may have none');
my $debug = "$scratch/module.ko.debug";
is(command('', 'objcopy', '--only-keep-debug', $module, $debug)->{status}, 0);
like(run(['f'], ['--stable'], $debug)->{err}, $discarded, 'a .ko.debug, too');

# Sections of one name that a linker keeps apart, since they differ in all else, are all read.
my @sections = map { "asm(\".pushsection .discard.gendwarfksyms.kabi_rules$_->[0]; .asciz \\\"1\\\", \\\"$_->[1]\\\", \\\"$_->[2]\\\", \\\"$_->[3]\\\"; .popsection\");\n" }
	([',\\"a\\"', 'byte_size', 'q', 40], ['', 'declonly', 'r', ''], [',\\"aG\\",%progbits,group,comdat', 'enumerator_value', 'e A', 7]);
my $three = "struct q { int a; }; struct r { int b; }; enum e { A };\n---\nint f(struct q *q, struct r *r, enum e e) { return 0; }\n";
my ($one, $both) = map { c_object($three . $_) } $sections[0], join '', @sections;
my $two = c_object($sections[1] . $sections[2]);
my $joined = "$scratch/joined.o";
is(command('', 'ld', '-r', '-o', $joined, $one, $two)->{status}, 0);
for my $file ($both, $joined) {
	cmp_ok(scalar(() = command('', 'readelf', '-SW', $file)->{out} =~ /kabi_rules/g), '>', 1, 'more sections than one');
	string_like($file, 'f', qr/structure_type q \{.*?\} byte_size\(40\).*structure_type r \{ \}.*enumerator A = 7/, '... all rules hold', '--stable');
	same_as_model(['f'], ['--stable'], $file, '... as the model has it');
}
is(version_of(c_object($three . join('', map { $sections[0] =~ s/40/$_/r =~ s/,\\"a\\"/$_ == 9 ? '' : $&/er } 8, 9)), 'f', '--stable'),
	version_of(c_object($three . $sections[0] =~ s/40/9/r), 'f', '--stable'), 'of two for one target the later holds, in whatever section');
fails_with(c_object($three . $sections[0] . "asm(\".pushsection .discard.gendwarfksyms.kabi_rules; .ascii \\\"abcdefgh\\\"; .popsection\");\n"), ['f'], 'not NUL-terminated',
	'... a damaged one', '--stable');
is(command('', 'objcopy', '--only-keep-debug', $both, $debug)->{status}, 0);
fails_with($debug, ['f'], qr/kABI rules of '.*' has no content \(objcopy --only-keep-debug .*\): give the object/, 'a section without content', '--stable');

done_testing();
