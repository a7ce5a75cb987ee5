#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# All versions of a folder are made with the same of kbuild/make's variables: a build with others is an error, up to `make clean`.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib", $FindBin::Bin;
use Gendwarfksyms;
use Headers;

plan(skip_all => 'no headers of a kernel are installed') if !@trees;

my $folder = "$scratch/module";
mkdir $_ for $folder, "$folder/sub";
spew("$folder/Kbuild", "obj-m := q.o\nq-y := q1.o q2.o\nobj-m += sub/\n");
spew("$folder/sub/Kbuild", "obj-m := r.o\n");
spew("$folder/q.h", "struct q;\nint q_get(struct q *q);\nint q_put(struct q *q);\n");
spew("$folder/private.h", "struct q { int number; };\n");
my $module = qq(MODULE_LICENSE("GPL");\nMODULE_DESCRIPTION("module");\n);
spew("$folder/q1.c", qq(#include <linux/module.h>\n#include "q.h"\n${module}int q_get(struct q *q) { return !q; }\nEXPORT_SYMBOL(q_get);\n));
spew("$folder/q2.c", qq(#include <linux/export.h>\n#include "q.h"\n#include "private.h"\nint q_put(struct q *q) { return q->number; }\nEXPORT_SYMBOL(q_put);\n));
spew("$folder/sub/r.c", "#include <linux/module.h>\n${module}int r(int x);\nint r(int x) { return x; }\nEXPORT_SYMBOL(r);\n");
my $note = "$folder/.gendwarfksyms.cmd";

# Runs kbuild/make for a target, in parallel, with these variables.
sub make {
	my ($tree, $target, @variables) = @_;
	return run_make($tree, $folder, $target, '-j4', @variables);
}

for my $tree (@trees) {
	my ($name) = $tree =~ /([^\/]*)$/;
	my @kinds = ([], ['GENDWARFKSYMS_LINKED=1'], $tree eq $trees[0] ? (['GENDWARFKSYMS_CANONICAL=1', 'GENDWARFKSYMS_LINKED=1'], ['KBUILD_GENDWARFKSYMS_STABLE=1']) : ());
	my @versions;
	for my $kind (@kinds) {
		my $r = make($tree, 'modules', @$kind);
		is($r->{status}, 0, "$name, @$kind: modules are built") or diag($r->{err});
		my $versions = versions_of($folder);
		is(join(' ', sort keys %$versions), 'q_get q_put r', '... with versions');
		is($versions->{q_get} eq $versions->{q_put}, scalar grep(/LINKED/, @$kind) == 1, '... of this kind');
		push @versions, $versions;
		my $other = $kinds[@versions % @kinds];
		for my $target ('modules', @versions == 1 ? 'q1.o' : ()) {
			unlink "$folder/q1.o";
			$r = make($tree, $target, @$other);
			isnt($r->{status}, 0, "... $target, @$other: an error");
			my ($had, $has) = map { join(' ', @$_) || 'no options' } $kind, $other;
			my $message = "error: gendwarfksyms: the versions in '$folder' were made with $had, and this build has $has: run make clean first";
			like($r->{err}, qr/\Q$message\E/, '... which says why');
			is(-e "$folder/q1.o" || 0, 0, '... and nothing is made');
		}
		if (@versions == 1) {
			is(make($tree, 'q1.o', @$kind)->{status}, 0, '... a single target with the same');
			is(make($tree, 'modules', @$kind)->{status}, 0, '... and the modules');
			is_deeply(versions_of($folder), $versions, '... have the same versions');
		}
		is(make($tree, 'clean', @$other)->{status}, 0, '... clean works with others');
		is(-e $note || 0, 0, '... and takes the note away');
	}
	is(keys %{{map { join(' ', %$_{qw(q_get q_put)}) => 1 } @versions[0, 1]}}, 2, "$name: kinds differ");
	# What makes no versions leaves no note.
	is(make($tree, $_)->{status}, 0, "$name: $_") for 'q1.i', 'clean', $name =~ /^6\.1\./ ? 'q1.symtypes' : ();
	is(-e $note || 0, 0, '... leaves no note');
	# A build that was ended may have left it empty.
	spew($note, '');
	is(make($tree, 'modules')->{status}, 0, '... an empty one is none');
	is(slurp($note), "no options\n", '... and is written');
	make($tree, 'clean');
}

# With linked objects a version depends on what else is exported, as doc/KBUILD.md has it.
my ($example) = slurp("$top/doc/KBUILD.md") =~ /^(\tq_get +of single objects .*\n(?:\t.*\n)+)/m;
my @example = ($example // '') =~ /(0x[0-9a-f]{8})/g;
my $exports = slurp("$folder/q2.c");
for my $case (['q_get alone is exported', $exports =~ s/EXPORT.*\n//r], ['q_put is exported, too', $exports]) {
	my ($name, $source) = @$case;
	spew("$folder/q2.c", $source);
	for my $linked ('', 'GENDWARFKSYMS_LINKED=1') {
		is(make($trees[0], 'modules', 'GENDWARFKSYMS_CANONICAL=1', $linked || ())->{status}, 0, "$name, $linked");
		is(versions_of($folder)->{q_get}, shift @example, '... the version of q_get that doc/KBUILD.md has');
		make($trees[0], 'clean');
	}
}

# Where the note is: the makes of trees since 6.13 are run in the module's folder. (A small makefile stands in for Makefile.build.)
for my $case (['the kernel', '.', []], ['a module before 6.13', 'm', ['KBUILD_EXTMOD=m']], ['a module since', '.', ['KBUILD_EXTMOD=/m', "objtree=$scratch"]],
	['rust', '.', ['STEP=gendwarfksyms'], 1]) {
	my ($what, $where, $variables, $prepares) = @$case;
	my $build = "$scratch/build";
	command('', 'rm', '-rf', $build);
	mkdir $_ for $build, "$build/m";
	spew("$build/Makefile", "gen_symversions = yes\n" . 'all: ; @: $(cmd_$(or $(STEP),gen_symversions_c))' . "\n");
	my @command = ("$top/kbuild/make", '-s', '-C', $build, qw(objtree=. obj=. CONFIG_MODVERSIONS=y CONFIG_DEBUG_INFO=y skip_gendwarfksyms=1), $prepares ? () : 'need-modorder=1', @$variables);
	my $r = command('', @command);
	is($r->{status}, 0, "$what: no error") or diag($r->{err});
	is(join(' ', map { /([^\/]*)\/\.gendwarfksyms\.cmd$/ ? $1 =~ s/^build$/./r : () } glob "$build/.*.cmd $build/*/.*.cmd"), $where, '... the note is there');
	isnt(command('', @command, 'GENDWARFKSYMS_LINKED=1')->{status}, 0, '... and is looked at');
	is(command('', grep({ !/^(?:need-modorder|STEP)=/ } @command), qw(obj=rust need-builtin= need-modorder=), 'GENDWARFKSYMS_LINKED=1')->{status}, 0, '... but not to prepare, or to clean');
}

done_testing();
