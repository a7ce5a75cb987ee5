#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# In the kernel's build, with kbuild and modpost of the kernel headers that are installed: modules versioned by this tool,
# through kbuild/make; and the tool built by kbuild. (Headers.pm finds the headers.)
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib", $FindBin::Bin;
use Cwd ();
use File::Spec;
use Gendwarfksyms;
use Headers;

plan(skip_all => 'no headers of a kernel are installed') if !@trees;

# A module that exports, one that uses it, and one with assembly.
my $header = <<'E';
#ifndef A_H
#define A_H
typedef int (*a_callback)(struct a_options *options, unsigned long event);
struct a_options {
	int flags;
	a_callback callback;
	unsigned long limits[4];
MORE
};
struct a_other { unsigned char bytes[16]; };
extern int a_count;
extern struct a_options a_array[3];
extern struct a_options a_twin;
extern struct a_options a_assembly;
int a_set(const struct a_options *options);
int a_set_too(const struct a_options *options);
void a_other(struct a_other *other);
a_callback a_find(unsigned long event);
int a_inline(unsigned int x);
extern inline __attribute__((gnu_inline)) int a_inline(unsigned int x) { return x + 1; }
#endif
E
my %files = (
	'a.c' => <<'E',
#include <linux/module.h>
struct a_options;
#include "a.h"
RULE
int a_count;
EXPORT_SYMBOL(a_count);
struct a_options a_array[3];
EXPORT_SYMBOL_GPL(a_array);
struct a_options a_twin;
EXPORT_SYMBOL(a_twin);
asm(".pushsection .data; .globl a_assembly; a_assembly: .skip 64; .popsection");
EXPORT_SYMBOL(a_assembly);
int a_set(const struct a_options *options) { return options->flags; }
EXPORT_SYMBOL(a_set);
extern __typeof__(a_set) a_set_too __attribute__((alias("a_set")));
EXPORT_SYMBOL(a_set_too);
void a_other(struct a_other *other) { other->bytes[0] = 0; }
EXPORT_SYMBOL(a_other);
a_callback a_find(unsigned long event) { return a_array[event & 1].callback; }
EXPORT_SYMBOL(a_find);
int a_inline(unsigned int x) { return x + 1; }
EXPORT_SYMBOL(a_inline);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("exports");
E
	'b.c' => <<'E',
#include <linux/module.h>
struct a_options;
#include "a.h"
static int (*volatile b_inline)(unsigned int) = a_inline;
static int __init b_init(void)
{
	struct a_other other;

	a_other(&other);
	return a_set(&a_array[a_count]) + a_set(&a_twin) + a_set(&a_assembly) + a_set_too(a_array) + !a_find(1) + b_inline(2);
}
module_init(b_init);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("uses them");
E
	'c.c' => "#include <linux/module.h>\nMODULE_LICENSE(\"GPL\");\nMODULE_DESCRIPTION(\"has assembly\");\n",
	'c-assembly.S' => assembly('c_add'),
	# (As i386's, which only genksyms shall see.)
	'asm-prototypes.h' => "struct a_options;\n#include \"a.h\"\nRULE\n#ifdef __GENKSYMS__\nlong c_add(long a, struct a_options *options);\n#endif\n",
	'Kbuild' => "obj-m := a.o c-module.o\nc-module-y := c.o c-assembly.o\n",
);
my @exports = qw(a_count a_array a_twin a_assembly a_set a_set_too a_other a_find a_inline);

sub make_module {
	my ($folder, $more, $rule) = @_;
	mkdir $folder;
	for my $name (keys %files) {
		spew("$folder/$name", $files{$name} =~ s/^RULE$/$rule/mr);
	}
	spew("$folder/a.h", $header =~ s/^MORE$/$more/mr);
}

# The versions that a module was built for, by symbol.
sub versions_in {
	my ($module) = @_;
	command('', 'objcopy', '-O', 'binary', '--only-section=__versions', '--set-section-flags', '__versions=alloc', $module, "$module.versions");
	my $bytes = slurp("$module.versions");
	my %versions;
	for (my $at = 0; $at < length $bytes; $at += 64) {
		my ($crc, $name) = unpack 'Q<Z56', substr $bytes, $at, 64;
		$versions{$name} = sprintf '0x%08x', $crc;
	}
	return \%versions;
}

sub differing {
	my ($old, $new) = @_;
	return join ' ', grep { $old->{$_} ne ($new->{$_} // 'none') } sort keys %$old;
}

for my $tree (@trees) {
	my ($name) = $tree =~ /([^\/]*)$/;
	my $folder = "$scratch/module-$name";

	make_module($folder, '', '');
	spew("$folder/Kbuild", "$files{Kbuild}obj-m += b.o\n");
	my ($r, $old) = build($tree, $folder, 'KBUILD_SYMTYPES=1');
	is($r->{status}, 0, "$name: modules are built") or diag($r->{out} . $r->{err});
	is(join(' ', sort keys %$old), join(' ', sort @exports, 'c_add'), '... Module.symvers has all exports');
	my $direct = run([@exports], [], "$folder/a.o");
	my %direct = $direct->{out} =~ /^#SYMVER (\S+) (\S+)$/mg;
	# (What is only declared may be described or not.)
	$direct{a_assembly} = $direct{a_twin};
	is_deeply({map { $_ => $old->{$_} } @exports}, \%direct, "... with this tool's versions");
	is($direct{a_set_too}, $direct{a_set}, '... an alias with that of what it is an alias of');
	ok(!grep({ $_ eq '0x00000000' } values %$old), '... and none is missing');
	my $symtypes = slurp("$folder/a.symtypes");
	like($symtypes, qr/^s#a_options structure_type a_options \{/m, '... KBUILD_SYMTYPES=1 leaves the symtypes file');
	like(slurp("$folder/c-assembly.symtypes"), qr/^c_add subprogram \( formal_parameter base_type long int.* \) -> base_type long int/m, '... also for assembly');
	is(join(' ', grep { /symversions/ } glob "$folder/* $folder/.*"), '', '... and nothing else behind');
	my $used = versions_in("$folder/b.ko");
	is_deeply({map { $_ => $used->{$_} } @exports}, {map { $_ => $old->{$_} } @exports}, '... the module that uses them wants these versions');

	SKIP: {
		skip 'this kbuild makes no symtypes files by name', 3 if slurp("$tree/build/scripts/Makefile.build") !~ /^\$\(obj\)\/%\.symtypes/m;
		command('', 'rm', '-f', "$folder/a.symtypes", "$folder/c-assembly.symtypes");
		$r = run_make($tree, $folder, 'a.symtypes c-assembly.symtypes');
		is($r->{status}, 0, "$name: symtypes files by name") or diag($r->{out} . $r->{err});
		is(slurp("$folder/a.symtypes"), $symtypes, '... are the same');
		is(join(' ', grep { /symversions|\.symtypes\.o/ } glob "$folder/* $folder/.*"), '', '... and leave nothing behind');
	}

	my $reach = 'a_array a_assembly a_find a_set a_set_too a_twin c_add';
	my @hidden = ("\tunion { int __kabi_ignored_more; };", '#define R(text) static const char rule[] __attribute__((used, aligned(1), '
		. 'section(".discard.gendwarfksyms.kabi_rules"))) = text' . "\nR(\"1\\0byte_size\\0a_options\\0\" \"48\");");
	make_module("$folder-changed", "\tint more;", '');
	(undef, my $new) = build($tree, "$folder-changed");
	is(differing($old, $new), $reach, "$name: a new member changes the versions of what leads to it");
	make_module("$folder-hidden", @hidden);
	(undef, $new) = build($tree, "$folder-hidden");
	is(differing($old, $new), $reach, '... also if it is hidden');
	make_module("$folder-stable", @hidden);
	($r, $new) = build($tree, "$folder-stable", 'KBUILD_GENDWARFKSYMS_STABLE=1');
	is(differing($old, $new), '', '... but not in the stable mode') or diag($r->{err});

	# CONFIG_DEBUG_INFO_SPLIT
	make_module("$folder-split", '', '');
	($r, $new) = build($tree, "$folder-split", 'KCFLAGS=-gsplit-dwarf');
	ok(-e "$folder-split/a.dwo", "$name: split DWARF") or diag($r->{err});
	is(differing($old, $new), '', '... gives the same versions');
	run_make($tree, "$folder-split", 'c-assembly.symtypes', 'KCFLAGS=-gsplit-dwarf');
	is(join(' ', grep { /symversions|symtypes\.(?:o|dwo)/ } glob "$folder-split/* $folder-split/.*"), '', '... and leaves nothing behind');

	# FILE.symref
	make_module("$folder-reference", "\tint more;", '');
	spew("$folder-reference/a.symref", $symtypes);
	($r, $new) = build($tree, "$folder-reference");
	is(differing($old, $new), $reach, "$name: with a.symref versions change");
	is(join(' ', sort map { /the version of (\w+) changed/ } split /\n/, $r->{err}), $reach =~ s/ c_add//r, '... and it is said which');
	is(join(' ', keys %{{map { /^\t(.*)/ ? ($1 => 1) : () } split /\n/, $r->{err}}}), 's#a_options changed', '... and because of what, a structure of the header');
	run_make($tree, "$folder-reference", 'clean');
	($r) = build($tree, "$folder-reference", 'KBUILD_PRESERVE=1');
	ok($r->{status} && $r->{err} =~ /^error: gendwarfksyms: .*[56] versions differ from those of '.*a\.symref'/m, '... KBUILD_PRESERVE=1 makes it an error');

	# A symbol of assembly without a prototype
	make_module("$folder-bad", '', '');
	unlink "$folder-bad/asm-prototypes.h";
	($r) = build($tree, "$folder-bad");
	ok($r->{status} && $r->{err} =~ /^error: gendwarfksyms: .*c-assembly\.o.*prototypes/m, "$name: assembly without a prototype is an error");

	# Configurations that can't work, and one that can, of headers without a .config
	for my $case ([{MODVERSIONS => 0}, qr/CONFIG_MODVERSIONS is off in '.*auto\.conf'/], [{DEBUG_INFO => 0}, qr/no debugging information: CONFIG_DEBUG_INFO is off/],
		[{DEBUG_INFO_REDUCED => 1}, qr/turn off CONFIG_DEBUG_INFO_REDUCED/]) {
		my ($options, $want) = @$case;
		my ($option) = keys %$options;
		make_module("$folder-$option", '', '');
		($r) = build(configured($tree, "$scratch/tree-$name-$option", %$options), "$folder-$option");
		ok($r->{status} && $r->{err} =~ /error: gendwarfksyms: .*$want/, "$name: CONFIG_$option=" . ($options->{$option} ? 'y' : 'n') . ' is an error') or diag($r->{err});
		is(join(' ', glob "$folder-$option/*.o"), '', '... before anything is compiled');
	}
	make_module("$folder-headers", '', '');
	($r, $new) = build(configured($tree, "$scratch/tree-$name"), "$folder-headers");
	is(differing($old, $new), '', '... and headers without a .config are none') or diag($r->{err});

	# The step of trees since 6.14, with the tool in their own place
	SKIP: {
		skip 'this tree has no step for gendwarfksyms', 4 if slurp("$tree/build/include/config/auto.conf") !~ /^CONFIG_GENDWARFKSYMS=y/m;
		for my $options (['KBUILD_SYMTYPES=1'], ['KBUILD_SYMTYPES=1', 'KBUILD_GENDWARFKSYMS_STABLE=1']) {
			my @builds;
			for my $make ('make', "$top/kbuild/make") {
				make_module("$folder-own", @hidden);
				spew("$folder-own/Kbuild", "obj-m := a.o b.o\n");
				$r = command('', $make, '-C', "$scratch/tree-$name/build", "M=$folder-own", 'modules', @$options);
				push @builds, {versions => versions_of("$folder-own"), types => slurp("$folder-own/a.symtypes"), none => -e "$folder-own/b.symtypes"};
				command('', 'rm', '-r', "$folder-own");
			}
			is(keys %{$builds[0]->{versions}}, @exports, "$name: the tree's own step @$options") or diag($r->{err});
			is_deeply($builds[1], $builds[0], '... gives the same versions and symtypes files');
		}
	}

	# M= relative to the headers; the results in another folder
	make_module("$folder-relative", '', '');
	($r, $new) = build($tree, "$folder-relative", 'M=' . File::Spec->abs2rel("$folder-relative", Cwd::abs_path("$tree/build")));
	is(differing($old, $new), '', "$name: M= with a relative path") or diag($r->{err});
	SKIP: {
		my ($common) = slurp("$tree/build/Makefile") =~ /^include (\S+)$/m;
		skip 'this kbuild has no MO=', 3 if slurp($common || "$tree/build/Makefile") !~ /KBUILD_EXTMOD_OUTPUT/;
		for my $case (['MO=', []], ['KBUILD_EXTMOD_OUTPUT=', []], ['MO=', ['GENDWARFKSYMS_LINKED=1']]) {
			my ($variable, $more) = @$case;
			make_module("$folder-output", '', '');
			mkdir "$folder-results";
			($r) = build($tree, "$folder-output", "$variable$folder-results", @$more);
			is(differing($old, versions_of("$folder-results")), '', "... and $variable @$more") or diag($r->{err});
			command('', 'rm', '-r', "$folder-output", "$folder-results");
		}
	}

	# Versions of linked modules
	make_module("$folder-linked", '', '');
	($r, $new) = build($tree, "$folder-linked", 'GENDWARFKSYMS_LINKED=1');
	is(differing($old, $new), '', "$name: versions of linked modules") or diag($r->{err});
	like(slurp("$folder-linked/.a.o.cmd"), qr/^# gendwarfksyms: (\S*a\.o)\n(?:#SYMVER .*\n)+# gendwarfksyms end: \g1 /m, '... are made when all is linked');
	($r, $new) = build($tree, "$folder-linked", 'GENDWARFKSYMS_LINKED=1');
	is(differing($old, $new), '', '... and the next time');
	mkdir "$folder-two";
	spew("$folder-two/Kbuild", "obj-m := q.o\nq-y := q1.o q2.o\n");
	spew("$folder-two/q.h", "struct q;\nint q_get(struct q *q);\nint q_put(struct q *q);\n");
	spew("$folder-two/private.h", "struct q { int number; };\n");
	spew("$folder-two/q1.c", qq(#include <linux/module.h>\n#include "q.h"\nMODULE_LICENSE("GPL");\nMODULE_DESCRIPTION("two sources");\n)
		. "int q_get(struct q *q) { return !q; }\nEXPORT_SYMBOL(q_get);\n");
	spew("$folder-two/q2.c", qq(#include <linux/export.h>\n#include "q.h"\n#include "private.h"\n)
		. "int q_put(struct q *q) { return q->number; }\nEXPORT_SYMBOL(q_put);\n");
	($r, $new) = build($tree, "$folder-two", 'GENDWARFKSYMS_LINKED=1');
	is($new->{q_get}, $new->{q_put}, '... do not depend on the file that has a structure') or diag($r->{err});
	isnt($new->{q_get} // '0x00000000', '0x00000000', '... and are there');
	run_make($tree, "$folder-two", 'clean');
	($r, $new) = build($tree, "$folder-two");
	isnt($new->{q_get}, $new->{q_put}, '... those of single objects do');

	# An object without debugging information is an error, which names it
	for my $case ($tree eq $trees[0] ? (['q1', ''], ['q1', 'GENDWARFKSYMS_LINKED=1'], ['q1', 'KBUILD_SYMTYPES=1'], ['q1 q2', 'GENDWARFKSYMS_LINKED=1']) : ()) {
		my ($sources, $variable) = @$case;
		run_make($tree, "$folder-two", 'clean');
		spew("$folder-two/Kbuild", "obj-m := q.o\nq-y := q1.o q2.o\n" . join '', map {"CFLAGS_$_.o := -g0\n"} split ' ', $sources);
		($r, $new) = build($tree, "$folder-two", split ' ', $variable);
		isnt($r->{status}, 0, "$name: $sources without debugging information $variable");
		my ($error) = $r->{err} =~ /^(error: gendwarfksyms: .*)/m;
		like($error // $r->{err}, $sources eq 'q1' ? qr/'[^']*q1\.o'/ : qr/'[^']*\bq\.o'/, '... names the object');
		unlike($r->{err}, qr/'\S*source\.o/, '... and no file that is gone');
		is(join('', map { slurp($_) =~ /^(#SYMVER q_get .*)/m } grep {-e} "$folder-two/.q1.o.cmd"), '', '... and nothing was printed');
	}

	# The tool as a host program of kbuild, copied as doc/KBUILD.md says
	my $copy = "$scratch/in-tree-$name";
	mkdir $copy;
	my ($cp) = slurp("$top/doc/KBUILD.md") =~ /^\t(cp -r .*) LINUX\/scripts\/gendwarfksyms\/$/m;
	command('', 'sh', '-c', "cd '$top' && $cp Makefile '$copy' && find '$copy' -name '*.o' -delete");
	$r = command('', 'make', '-C', "$tree/build", "M=$copy");
	is($r->{status}, 0, "$name: kbuild builds the tool") or diag($r->{out} . $r->{err});
	unlike($r->{err}, qr/^\S+:\d+:.*warning:/m, '... without warnings');
	$r = command("a_set\n", "$copy/gendwarfksyms", "$folder/a.o");
	is($r->{out}, "#SYMVER a_set $old->{a_set}\n", '... and it works');
}
# The steps as scripts/Makefile.build calls them, here in a small makefile, by what is configured: what is run, and what it appends.
# No other program than the tool is in reach but where it is said.
{
	my $folder = "$scratch/steps";
	mkdir $folder;
	my $log = "$folder/log";
	local $ENV{GENDWARFKSYMS} = spew("$folder/tool", "#!/bin/sh\necho \"\$*\" >>$log\nexec $ENV{GENDWARFKSYMS} \"\$@\"\n");
	chmod 0755, $ENV{GENDWARFKSYMS};
	my $exports = join '', map {"asm(\".globl __export_symbol_$_; __export_symbol_$_:\");\n"} qw(e f);
	my %objects = (
		full => c_object("int e; int f(int x) { return x; }\n$exports"),
		none => c_object("int e; int f(int x) { return x; }\n"),
		ksymtab => c_object("int e; int f(int x) { return x; }\n" . $exports =~ s/export_symbol/ksymtab/gr),
		bitcode => spew("$folder/bitcode", "BC\xc0\xde" . "\0" x 100),
		damaged => spew("$folder/damaged", "\x7fELF"),
	);
	spew("$folder/Makefile", <<'E');
export PATH := $(REACH)
NM := nm
CC := cc
objtree := .
dot-target = $(@D)/.$(@F)
ifndef MODFINAL
gen_symversions = is defined
endif
cmd_gensymtypes_S = nm $@ | sed -n 's/.* __export_symbol_//p' | $(gendwarfksyms) $@
rust_exports = printf $(2) f
cmd = @$(if $(cmd_$(1)),set -e; $(cmd_$(1)); echo done,:)
x.o: FORCE
	$(call cmd,$(STEP))
FORCE:
E
	my @config = qw(CONFIG_MODVERSIONS=y CONFIG_ASM_MODVERSIONS=y CONFIG_DEBUG_INFO=y srctree=linux);
	for my $case (
		# object, step, variables; what the tool is run with, symbols that get versions, symtypes file
		['full', 'c', '', '-e --complete', 'e f'],
		['ksymtab', 'c', '', '-e --complete', 'e f'],
		['none', 'c', '', '-e --complete', ''],
		['full', 'c', 'KBUILD_GENDWARFKSYMS_STABLE=1', '--stable -e --complete', 'e f'],
		['full', 'c', 'GENDWARFKSYMS_CANONICAL=1', '--canonical -e --complete', 'e f'],
		['full', 'c', 'KBUILD_SYMTYPES=1', '--symtypes x.symtypes -e --complete', 'e f', 1],
		['none', 'c', "KBUILD_SYMTYPES=1 REACH=$ENV{PATH}", '--symtypes x.symtypes -e --complete', ''],
		['full', 'c', 'skip_gendwarfksyms=1', undef, ''],
		['full', 'c', 'GENDWARFKSYMS_LINKED=1', undef, ''],
		['full', 'c', 'MODFINAL=1', undef, ''], # where MODULE.mod.o is made, it isn't defined
		['full', 'c', 'CONFIG_LTO_CLANG=y', '-e --complete', 'e f'],
		['bitcode', 'c', 'CONFIG_LTO_CLANG=y', '-e --complete', ''],
		['bitcode', 'c', 'GENDWARFKSYMS_LINKED=1', undef, ''],
		['none', 'S', '', '--list-exported', ''],
		['full', 'S', 'CONFIG_ASM_MODVERSIONS=', undef, ''],
		['full', 'S', "CONFIG_GENDWARFKSYMS=y REACH=$ENV{PATH}", "--list-exported|", 'e f'],
		['full', 'S', "CONFIG_GENDWARFKSYMS=y KBUILD_SYMTYPES=1 REACH=$ENV{PATH}", "--list-exported|--symtypes x.symtypes", 'e f', 1],
		['full', 'rust', '', '', 'f'],
		['full', 'rust', 'KBUILD_SYMTYPES=1 KBUILD_GENDWARFKSYMS_STABLE=1', '--stable --symtypes x.symtypes', 'f', 1],
		['full', 'rust', 'skip_gendwarfksyms=1', undef, ''],
		['full', 'rust', 'CONFIG_LTO_CLANG=y', '--complete', 'f'],
		['bitcode', 'rust', 'CONFIG_LTO_CLANG=y', '--complete', ''],
	) {
		my ($object, $step, $variables, $arguments, $symbols, $symtypes) = @$case;
		unlink $log, "$folder/.x.o.cmd", "$folder/x.symtypes", "$folder/.gendwarfksyms.cmd";
		spew("$folder/x.o", slurp($objects{$object}));
		my $name = "$object.o, step $step, $variables";
		my $r = command('', "$top/kbuild/make", '-C', $folder, 'x.o', @config, split(' ', $variables), 'STEP=' . ($step eq 'rust' ? 'gendwarfksyms' : "gen_symversions_$step"));
		is($r->{status}, 0, "$name: no error") or diag($r->{out} . $r->{err});
		is($r->{err}, '', '... and no message');
		is(slurp($log) // '', defined $arguments ? join('', map { "$_ x.o\n" =~ s/^ //r } $arguments eq '' ? '' : split /\|/, $arguments, -1) : '', '... the tool is run once');
		is(join(' ', sort((slurp("$folder/.x.o.cmd") // '') =~ /^#SYMVER (\S+) 0x(?!00000000)/mg)), $symbols, '... these get versions');
		is(-e "$folder/x.symtypes" || 0, $symtypes || 0, '... a symtypes file');
		is($r->{out} =~ /^done$/m || 0, defined $arguments || 0, '... or there is nothing to run');
	}
	# FILE.symref is for all steps.
	command("f\n", $ENV{GENDWARFKSYMS}, '-T', "$folder/x.symref", c_object("int f(long x) { return x; }\n"));
	spew("$folder/x.o", slurp($objects{full}));
	for my $step ('gen_symversions_c', 'gen_symversions_S', 'gendwarfksyms') {
		unlink "$folder/.x.o.cmd";
		my $r = command('', "$top/kbuild/make", '-C', $folder, 'x.o', @config, "REACH=$ENV{PATH}", 'CONFIG_GENDWARFKSYMS=y', 'KBUILD_PRESERVE=1', "STEP=$step");
		isnt($r->{status}, 0, "$step, KBUILD_PRESERVE=1: other types are an error");
		like($r->{err}, qr/^warning: .*the version of f changed.*^error: .* differs? from those of 'x\.symref'/ms, '... which names the reference');
		is(slurp("$folder/.x.o.cmd"), '', '... and nothing is written');
	}
	unlink "$folder/x.symref";
	# A kbuild with another name for its step, in a make that is given a folder, as scripts/Makefile.build is
	for my $step ('c', 'S') {
		my $r = command('', "$top/kbuild/make", '-C', $folder, 'x.o', @config, 'MODFINAL=1', 'obj=fs', "STEP=gen_symversions_$step");
		isnt($r->{status}, 0, "an unknown kbuild, step $step: an error");
		like($r->{err}, qr/error: gendwarfksyms: there is no gen_symversions in 'linux\/scripts\/Makefile\.build'/, '... which says what is not there');
		# What is configured comes first, in each step.
		$r = command('', "$top/kbuild/make", '-C', $folder, 'x.o', @config, 'CONFIG_MODVERSIONS=', 'obj=fs', 'objtree=linux', "STEP=gen_symversions_$step");
		like($r->{err}, qr/error: gendwarfksyms: CONFIG_MODVERSIONS is off in '.*\/linux\/include\/config\/auto\.conf'/, '... but a configuration that cannot work says so');
	}
	# Errors end the step, and nothing is appended.
	for my $case (['damaged', 'c', ''], ['damaged', 'c', 'KBUILD_SYMTYPES=1'], ['damaged', 'c', 'CONFIG_LTO_CLANG=y'], ['damaged', 'S', ''], ['damaged', 'rust', ''],
		['damaged', 'rust', 'CONFIG_LTO_CLANG=y'], ['bitcode', 'c', ''], ['bitcode', 'rust', '']) {
		my ($object, $step, $variables) = @$case;
		spew("$folder/x.o", slurp($objects{$object}));
		unlink "$folder/.x.o.cmd";
		my $r = command('', "$top/kbuild/make", '-C', $folder, 'x.o', @config, "REACH=$ENV{PATH}", split(' ', $variables), 'STEP=' . ($step eq 'rust' ? 'gendwarfksyms' : "gen_symversions_$step"));
		isnt($r->{status}, 0, "$object.o, step $step, $variables: an error");
		like($r->{err}, qr/^error: gendwarfksyms: .*'x\.o'/m, '... which names the object');
		is((slurp("$folder/.x.o.cmd") // '') . join(' ', glob "$folder/*.symtypes* $folder/*messages*"), '', '... and nothing is written');
	}
}
# modpost in place of the kernel's: what it is given it hands on, and without a list it is an error
{
	my $folder = "$scratch/modpost";
	mkdir $_ for $folder, "$folder/scripts", "$folder/scripts/mod";
	chmod 0755, spew("$folder/scripts/mod/modpost", "#!/bin/sh\necho \"\$*\"\ncat\n");
	my $in = sub { command($_[0], 'sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', $folder, "$top/kbuild/modpost", @_[1 .. $#_]) };
	spew("$folder/m.o", slurp(c_object("int nothing;\n")));
	spew("$folder/m.mod", "m.o\n");
	spew("$folder/order", "m.o\n");
	is($in->("m.o\n", '-a', '-T', '-')->{out}, "-a -T -\nm.o\n", 'a list on standard input is handed on');
	is($in->('', '-a', '-T', 'order')->{out}, "-a -T order\n", '... and the name of a file');
	like($in->('', '-T', 'other')->{err}, qr/other/, 'a list that is not there is an error');
	my $r = $in->('', '-a');
	ok($r->{status} && $r->{err} =~ /^error: gendwarfksyms: modpost got neither vmlinux\.o nor a list of modules/m, '... and no list at all');
	spew("$folder/m.o", slurp(c_object(qq(int f(void) { return 0; }\nasm(".globl __export_symbol_f; __export_symbol_f:");\n))));
	spew("$folder/.m.o.cmd", "savedcmd_m.o := cc -c -o m.o m.c\n");
	for my $run ('', ' the next time') {
		spew("$folder/symvers", "0x00000000\tf\tm\tEXPORT_SYMBOL\t\n");
		$r = $in->("m.o\n", '-o', 'symvers', '-T', '-');
		ok($r->{status} && $r->{err} =~ /^error: gendwarfksyms: modpost has not found the version of 'f'/m, "versions that modpost does not find are an error$run");
	}
	spew("$folder/symvers", "0x12345678\tf\tm\tEXPORT_SYMBOL\t\n0x00000000\tother\tn\tEXPORT_SYMBOL\t\n");
	is($in->("m.o\n", '-o', 'symvers', '-T', '-')->{status}, 0, '... those of others are not');

	# What is there stays, if it is complete.
	my $versions = sub {
		my ($list) = @_;
		return $in->($list, '-T', '-')->{status} . ': ' . join ' ', slurp("$folder/.m.o.cmd") =~ /^#SYMVER (.*)$/mg;
	};
	my $complete = $versions->("m.o\n");
	like($complete, qr/^0: f 0x(?!00000000)\w{8}$/, 'one version of the symbol');
	my $cmd = slurp("$folder/.m.o.cmd");
	spew("$folder/.m.o.cmd", $cmd =~ s/^(?:#SYMVER f .*\n)?# gendwarfksyms end.*\n//mr);
	is($versions->("m.o\n"), $complete, '... also after a run that was killed before the end of its versions');
	spew("$folder/.m.o.cmd", $cmd =~ s/^#SYMVER f .*/#SYMVER f 0x12345678/mr);
	is($versions->("m.o\n"), '0: f 0x12345678', '... it is not made again');
	spew("$folder/.m.o.cmd", $cmd);
	spew("$folder/$_", slurp("$folder/" . s/n/m/r)) for 'n.o', 'n.mod';
	is($versions->("m.o\nn.o\n"), $complete, '... and modules that begin with the same object leave each other theirs');
	unlink "$folder/m.mod";
	$r = $in->("m.o\n", '-T', '-');
	ok($r->{status} && $r->{err} =~ /^error: gendwarfksyms: there is no list of the objects of 'm\.o': 'm\.mod'/m, '... and no list of objects');

	# With distributed ThinLTO a native object is made of bitcode, and the bitcode of a source, with the command in its own file.
	spew("$folder/d.c", "extern int f; int g;\n" . join '', map {"asm(\".globl __export_symbol_$_; __export_symbol_$_:\");\n"} qw(f g));
	is(command('', 'cc', '-g', '-c', '-o', "$folder/d.thinlto-native.o", "$folder/d.c")->{status}, 0, 'an object that only declares what it exports');
	spew("$folder/m.o", slurp("$folder/d.thinlto-native.o"));
	spew("$folder/m.mod", "d.thinlto-native.o\n");
	spew("$folder/.d.thinlto-native.o.cmd", "savedcmd_d.thinlto-native.o := false -x ir -c -o d.thinlto-native.o d.o\n");
	spew("$folder/.d.o.cmd", "savedcmd_d.o := cc -g -c -o d.o d.c ; false\n\nsource_d.o := d.c\n\nsaved_c_flags_d.o := -g\n" =~ s/cc -g/cc -DSIGN='"$(pound)"' -g/r);
	$r = $in->("m.o\n", '-T', '-');
	is($r->{status} . $r->{err}, '0', '... gets versions with ThinLTO') or diag($r->{err});
	my %versions = slurp("$folder/.d.o.cmd") =~ /^#SYMVER (\S+) (\S+)$/mg;
	is(join(' ', sort keys %versions), 'f g', '... in the file where modpost looks for them');
	is($versions{f}, $versions{g}, '... with the types of its source');
	isnt($versions{g}, '0x00000000', '... which are known');
	spew("$folder/d.o", slurp("$folder/m.o"));
	$r = command('', 'sh', '-c', 'cd "$1" && exec "$2" c d.o >/dev/full', 'sh', $folder, "$top/kbuild/symversions");
	ok($r->{status} && $r->{err} =~ /space/, '... and a full disk is an error');

	# Without a source there are no types.
	spew("$folder/d.S", '');
	for my $case (['in assembly', "savedcmd_d.o := cc -g -c -o d.o d.S\n\nsource_d.o := d.S\n", 0], ['by another command', "savedcmd_d.o := objcopy d.bin d.o\n", 1],
		['by a command that has not got its source', "savedcmd_d.o := cc -g -c -o d.o other.c\n\nsource_d.o := d.c\n", 1]) {
		my ($how, $text, $status) = @$case;
		spew("$folder/.d.o.cmd", $text);
		$r = $in->("m.o\n", '-T', '-');
		is($r->{status}, $status, "an object that was made $how: status $status");
		is($r->{err}, $status ? "error: gendwarfksyms: 'd.o' exports what it only declares, and './.d.o.cmd' has no command that compiles its source, for the types: export it from a file that kbuild compiles\n"
			: "warning: gendwarfksyms: symbol_print_versions: no information for symbol f, which 'm.o' exports\n", '... and this message');
	}
}

done_testing();
