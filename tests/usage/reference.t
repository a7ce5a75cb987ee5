#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# --reference, --preserve, --exported, --version: why versions changed.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my $int = 'base_type int byte_size(4) encoding(5)';
my $long = 'base_type long int byte_size(8) encoding(5)';

# An object with types from a header, and functions that use them.
sub object {
	my ($header, $source) = @_;
	my $exports = join '', map {"__export_symbol_$_: "} $source =~ /(\w+)\(struct/g, $source =~ /struct \w+ (\w+);/g;
	return c_object("$header\n---\n$source\nasm(\"$exports\");\n");
}

# Runs with -e and -r; standard error.
sub compare {
	my ($old, $new, @options) = @_;
	my $symtypes = spew("$scratch/reference", ref $old ? $$old : run([], ['-e'], $old)->{symtypes});
	return command('', $tool, '-e', '-r', $symtypes, @options, ref $new ? @$new : $new);
}

sub changed { return "warning: gendwarfksyms: reference: the version of $_[0] changed from $_[1] to $_[2]:\n" . join '', map {"\t$_\n"} @_[3 .. $#_] }

my $source = 'int f(struct s *s) { return 0; } int g(struct o *o) { return 0; } struct s v;';
my $old = object('struct in { int a; }; struct s { int x; struct in *in; long y; }; struct o { int z; };', $source);
my %old = run([], ['-e'], $old)->{out} =~ /^#SYMVER (\S+) (\S+)$/mg;
is(join(' ', sort keys %old), 'f g v', '--exported takes the names from the object');
my $r = compare($old, $old);
is($r->{status} . $r->{err}, '0', 'nothing changed: nothing is printed');
is($r->{out}, run(['f', 'g', 'v'], [], $old)->{out}, '... and the versions as without -r');

# A type deep inside: the types around it are no causes.
my $new = object('struct in { int a; int b; }; struct s { int x; struct in *in; long y; }; struct o { int z; };', $source);
my %new = run([], ['-e'], $new)->{out} =~ /^#SYMVER (\S+) (\S+)$/mg;
$r = compare($old, $new);
is($r->{err}, changed('v', $old{v}, $new{v}, 's#in changed') . changed('f', $old{f}, $new{f}, 's#in changed'), 'a changed type: the cause');
is($r->{status}, 0, '... no error');
is($r->{out}, run(['f', 'g', 'v'], [], $new)->{out}, '... the new versions on standard output');
$r = compare($old, $new, '-p');
is($r->{status} . $r->{out}, 1, '--preserve: an error, nothing on standard output');
is($r->{err}, changed('v', $old{v}, $new{v}, 's#in changed') . changed('f', $old{f}, $new{f}, 's#in changed')
	. "error: gendwarfksyms: main: 2 versions differ from those of '$scratch/reference'\n", '... and the same messages');
$r = command('', $tool, '-e', '-r', "$scratch/reference", '-p', '-T', "$scratch/untouched", $new);
ok(!-e "$scratch/untouched", '... no symtypes file');
is(compare($old, $old, '-p')->{status}, 0, '... nothing changed: no error');

# Every kind of cause
$r = compare(object('struct in; struct s { struct in *in; }; struct o { int z; };', $source), object('struct in { int a; }; struct s { struct in *in; }; struct o { int z; };', $source));
like($r->{err}, qr/:\n\ts#in became defined\nwarning/, 'a type became defined');
$r = compare(object('struct in { int a; }; struct s { struct in *in; }; struct o { int z; };', $source), object('struct in; struct s { struct in *in; }; struct o { int z; };', $source));
like($r->{err}, qr/:\n\ts#in no longer defined\nwarning/, 'a type is no longer defined');
$r = compare(object('struct s { int a; }; struct o { int z; };', $source), object('struct in { int a; }; struct s { struct in *in; }; struct o { int z; };', $source));
like($r->{err}, qr/:\n\ts#s changed\nwarning/, 'a type is added by a change: no cause');
$r = compare(object('struct in { int a; }; struct s { struct in *in; }; struct o { int z; };', $source), object('struct s { int a; }; struct o { int z; };', $source));
like($r->{err}, qr/:\n\ts#s changed\nwarning/, 'a type is removed by a change: no cause');
$r = compare($old, object('struct in { int a; }; struct s { int x; struct in *in; long y; }; struct o { int z; };', $source =~ s/int f/long f/r));
like($r->{err}, qr/\Awarning: \S+ \S+ the version of f changed from \S+ to \S+:\n\tits own type changed\n\z/, "a symbol's own type");

# New and missing symbols
$r = compare($old, object('struct in { int a; }; struct s { int x; struct in *in; long y; }; struct o { int z; };', "$source int h(struct s *s) { return 0; }"));
is($r->{err}, "warning: gendwarfksyms: reference: h is new: it is not in the reference file '$scratch/reference'\n", 'a new symbol');
is(compare($old, object('struct in { int a; }; struct s { int x; struct in *in; long y; }; struct o { int z; };', "$source int h(struct s *s) { return 0; }"), '-p')->{status}, 0, '... is no error');
$r = compare($old, object('struct in { int a; }; struct s { int x; struct in *in; long y; }; struct o { int z; };', $source =~ s/ int g.*?\}//r));
is($r->{err}, "warning: gendwarfksyms: reference: g is missing: the reference file '$scratch/reference' has it\n", 'a missing symbol');
compare($old, $old);
command('', 'objcopy', '--add-symbol', '__export_symbol_w=0,local', $old, "$scratch/lost.o");
spew("$scratch/lost", slurp("$scratch/reference") . "w variable $int\n");
$r = command('', $tool, '-e', '-p', '-r', "$scratch/lost", "$scratch/lost.o");
like($r->{status} . $r->{err}, qr/^1.*the version of w is lost: there is no information for it/m, 'a symbol without information any more');

# Overrides
my $symtypes = run([], ['-e'], $old)->{symtypes};
my $override = $symtypes =~ s/^s#in/override s#in/mr;
$r = compare(\$override, $new, '-p');
is($r->{status} . $r->{err}, '0', 'an override of the changed type: the versions are back');
is($r->{out}, run(['f', 'g', 'v'], [], $old)->{out}, '... to what they were');
isnt(compare(\$override, $new)->{err}, '', '... not without --preserve');
$override = 'override ' . join('', $symtypes =~ /^(s#in.*\n)/m) . $symtypes;
is(compare(\$override, $new, '-p')->{out}, run(['f', 'g', 'v'], [], $old)->{out}, '... wherever the override stands');
$override = $symtypes =~ s/^f /override f /mr;
$r = compare(\$override, object('struct in { int a; }; struct s { int x; struct in *in; long y; }; struct o { int z; };', $source =~ s/int f/long f/r), '-p');
is($r->{status} . $r->{err}, '0', "an override of a symbol's type");

# Several files: the reference has their lines one after the other.
my $second_old = object('struct s { int other; };', 'int second(struct s *s) { return 0; }');
my $second_new = object('struct s { long other; };', 'int second(struct s *s) { return 0; }');
my $both = run([], ['-e'], $old, $second_old)->{symtypes};
is(run([], ['-e'], $old, $second_old)->{out} =~ s/ .*//mgr, "#SYMVER\n" x 4, '--exported with several files');
is(compare(\$both, [$old, $second_old])->{err}, '', 'several files: nothing changed');
$r = compare(\$both, [$old, $second_new]);
like($r->{err}, qr/\Awarning: \S+ \S+ the version of second changed.*\n\ts#s changed\n\z/, '... the second changed');

# The reference file
for my $case (["$scratch/none", undef, qr/cannot read the symtypes file '.*none': No such file/], ["$scratch/bad", "s#s structure_type s { }\nnonsense\n", qr/line 2 of '.*bad': this is no line of a symtypes file/],
	["$scratch/nul", "f variable\0 x\n", qr/line 1 of '.*nul': there is a NUL/], [$scratch, undef, qr/the folder '\Q$scratch\E' has no symtypes files/]) {
	my ($path, $text, $want) = @$case;
	spew($path, $text) if defined $text;
	$r = command('', $tool, '-e', '-r', $path, $old);
	ok($r->{status} eq '1' && $r->{out} eq '' && $r->{err} =~ /^error: gendwarfksyms: \w+: $want/m, "a bad reference file: $path") or diag($r->{err});
}
$r = command('', $tool, '-e', '-p', $old);
like($r->{status} . $r->{err}, qr/^1.*--preserve needs/m, '--preserve without --reference');

# Damaged reference files: an answer or an error, whatever is in them
{
	my ($whole, $bad, $random) = (slurp("$scratch/reference"), '', 1);
	for my $seed (1 .. 200) {
		my $text = $whole;
		for (1 .. 1 + $seed % 5) {
			$random = ($random * 1103515245 + 12345) & 0x7fffffff;
			my $at = ($random >> 4) % length $text;
			if ($seed % 3 == 0) { substr($text, $at, 1) = chr(($random >> 16) % 128) }
			elsif ($seed % 3 == 1) { substr($text, $at, 1 + $random % 40) = '' }
			else { substr($text, $at, 0) = substr $text, 0, 1 + $random % 60 }
		}
		my $r = compare(\$text, $new, $seed % 2 ? '-p' : ());
		$bad .= "seed $seed: $r->{status} $r->{err}" if $r->{status} !~ /^[01]$/ || ($r->{status} && ($r->{out} ne '' || $r->{err} !~ /^error: /m));
	}
	is($bad, '', '200 damaged reference files');
}

# --exported: who only declares a symbol doesn't say what it is
{
	my $declares = c_object("struct s;\nint f(struct s *s);\n---\nint caller(struct s *s) { return f(s); }\nasm(\"__export_symbol_caller:\");\n", '-O2');
	my $exports = c_object("struct s { int a; };\n---\nint f(struct s *s) { return 0; }\nasm(\"__export_symbol_f:\");\n", '-O2');
	my %alone = map { /^#SYMVER (\S+) (\S+)/ } map { command('', $tool, '-e', $_)->{out} } $declares, $exports;
	for my $files ([$declares, $exports], [$exports, $declares]) {
		for my $options ([], ['--canonical']) {
			my %want = @$options ? map { /^#SYMVER (\S+) (\S+)/ } map { command('', $tool, '-e', @$options, $_)->{out} } $declares, $exports : %alone;
			my %got = command('', $tool, '-e', @$options, @$files)->{out} =~ /^#SYMVER (\S+) (\S+)/mg;
			is(join(' ', map {"$_ $got{$_}"} sort keys %got), join(' ', map {"$_ $want{$_}"} sort keys %want), "the file that exports a symbol describes it, wherever it stands (@$options)");
		}
	}
	isnt((command("f\n", $tool, $declares, $exports)->{out} =~ /f (\S+)/)[0], $alone{f}, '... without -e the first that has it does');
}

# --exported, --version
$r = command('', $tool, '-e', c_object('int nothing;'));
is($r->{status} . $r->{out} . $r->{err}, '0', 'an object that exports nothing');
my $bare = c_object('int nothing;', '-g0');
is(command('', $tool, '-e', $bare)->{status}, 0, '... and has no debugging information');
my $older = c_object("int a; int b(int x) { return 0; }\nasm(\".section .x; __ksymtab_b: .globl __ksymtab_a\\n__ksymtab_a: .long 1; __kstrtab_c: .long 2; .text\");");
is(run([], ['-e'], $older)->{out}, run(['a', 'b'], [], $older)->{out}, '__ksymtab_ of kernels before 6.4');
is(run([], ['-e'], $old)->{out}, run([sort keys %old], [], $old)->{out}, "the order is that of nm's list");
$r = command('', $tool, '-e', spew("$scratch/text.o", 'text'));
like($r->{status} . $r->{err}, qr/^1.*text\.o' is not an ELF file/m, '--exported: no ELF file');
$r = command('', $tool, '-V');
like($r->{status} . $r->{out}, qr/\A0gendwarfksyms \d+\.\d+ \(--canonical: scheme \d+\)\n\z/, '--version');

# A separator that is missing after a reference (FORMAT.md, section 5a) is no part of its name.
for my $type ('u32', 'struct named') {
	my $trace = c_object("typedef unsigned int u32;\nstruct named { int x; };\nstruct b;\nstruct a { int (*g)($type, struct b *); };\nstruct b { int (*f)($type, struct b *); struct a *a; };\n---\n"
		. "int f(struct a *a, struct b *b) { return 0; }\n");
	my $kept = "$scratch/trace.symtypes";
	my $r = command("f\n", $tool, '-T', $kept, $trace);
	like(slurp($kept), qr/[st]#\w+formal_parameter /, "a separator is missing after $type");
	is(command("f\n", $tool, '-p', '-r', $kept, $trace)->{status}, 0, '... and the file can be compared with');
	is(command('', "$tests/../kabi-compare$suffix", $kept, $kept)->{status}, 0, '... by kabi-compare, too');
}

done_testing();
