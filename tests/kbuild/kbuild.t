#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# In the kernel's build, with kbuild and modpost of the kernel headers that are installed: modules versioned by this tool,
# through kbuild/make; and the tool built by kbuild. (Debian's packages: linux-headers-VERSION-amd64.)
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Cwd ();
use Gendwarfksyms;

delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};

my $top = Cwd::abs_path("$tests/..");
$ENV{GENDWARFKSYMS} = Cwd::abs_path($tool);
my @trees = grep { (slurp("$_/build/.config") // '') =~ /^CONFIG_MODVERSIONS=y$/m } glob '/lib/modules/*';
plan(skip_all => 'no headers of a kernel with CONFIG_MODVERSIONS are installed') if !@trees;

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
	return a_set(&a_array[a_count]) + a_set_too(a_array) + !a_find(1) + b_inline(2);
}
module_init(b_init);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("uses them");
E
	'c.c' => "#include <linux/module.h>\nMODULE_LICENSE(\"GPL\");\nMODULE_DESCRIPTION(\"has assembly\");\n",
	'c-assembly.S' => <<'E',
#include <linux/linkage.h>
#if __has_include(<asm/export.h>)
#include <asm/export.h>
#else
#include <linux/export.h>
#endif
SYM_FUNC_START(c_add)
#ifdef CONFIG_X86
	RET
#else
	ret
#endif
SYM_FUNC_END(c_add)
EXPORT_SYMBOL(c_add)
E
	# (As i386's, which only genksyms shall see.)
	'asm-prototypes.h' => "struct a_options;\n#include \"a.h\"\nRULE\n#ifdef __GENKSYMS__\nlong c_add(long a, struct a_options *options);\n#endif\n",
	'Kbuild' => "obj-m := a.o b.o c-module.o\nc-module-y := c.o c-assembly.o\n",
);
my @exports = qw(a_count a_array a_set a_set_too a_other a_find a_inline);

sub make_module {
	my ($folder, $more, $rule) = @_;
	mkdir $folder;
	for my $name (keys %files) {
		spew("$folder/$name", $files{$name} =~ s/^RULE$/$rule/mr);
	}
	spew("$folder/a.h", $header =~ s/^MORE$/$more/mr);
}

# Builds, and returns the versions by symbol.
sub build {
	my ($tree, $folder, @more) = @_;
	my $r = command('', "$top/kbuild/make", '-C', "$tree/build", "M=$folder", 'modules', @more);
	return ($r, {}) if $r->{status};
	my %versions = map { /^(0x[0-9a-f]{8})\t(\S+)\t/ ? ($2, $1) : () } split /\n/, slurp("$folder/Module.symvers");
	return ($r, \%versions);
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
	my ($r, $old) = build($tree, $folder, 'KBUILD_SYMTYPES=1');
	is($r->{status}, 0, "$name: modules are built") or diag($r->{out} . $r->{err});
	is(join(' ', sort keys %$old), join(' ', sort @exports, 'c_add'), '... Module.symvers has all exports');
	my $direct = run([@exports], [], "$folder/a.o");
	my %direct = $direct->{out} =~ /^#SYMVER (\S+) (\S+)$/mg;
	is_deeply({map { $_ => $old->{$_} } @exports}, \%direct, "... with this tool's versions");
	is($direct{a_set_too}, $direct{a_set}, '... an alias with that of what it is an alias of');
	ok(!grep({ $_ eq '0x00000000' } values %$old), '... and none is missing');
	my $symtypes = slurp("$folder/a.symtypes");
	like($symtypes, qr/^s#a_options structure_type a_options \{/m, '... KBUILD_SYMTYPES=1 leaves the symtypes file');
	like(slurp("$folder/c-assembly.symtypes"), qr/^c_add subprogram \( formal_parameter base_type long int.* \) -> base_type long int/m, '... also for assembly');
	is(join(' ', grep { /symversions/ } glob "$folder/* $folder/.*"), '', '... and nothing else behind');
	my $used = versions_in("$folder/b.ko");
	is_deeply({map { $_ => $used->{$_} } @exports}, {map { $_ => $old->{$_} } @exports}, '... the module that uses them wants these versions');

	command('', 'rm', '-f', "$folder/a.symtypes", "$folder/c-assembly.symtypes");
	$r = command('', "$top/kbuild/make", '-C', "$tree/build", "M=$folder", 'a.symtypes', 'c-assembly.symtypes');
	is($r->{status}, 0, "$name: symtypes files by name") or diag($r->{out} . $r->{err});
	is(slurp("$folder/a.symtypes"), $symtypes, '... are the same');
	is(join(' ', grep { /symversions|\.symtypes\.o/ } glob "$folder/* $folder/.*"), '', '... and leave nothing behind');

	my $reach = 'a_array a_find a_set a_set_too c_add';
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
	command('', "$top/kbuild/make", '-C', "$tree/build", "M=$folder-split", 'KCFLAGS=-gsplit-dwarf', 'c-assembly.symtypes');
	is(join(' ', grep { /symversions|symtypes\.(?:o|dwo)/ } glob "$folder-split/* $folder-split/.*"), '', '... and leaves nothing behind');

	# FILE.symref
	make_module("$folder-reference", "\tint more;", '');
	spew("$folder-reference/a.symref", $symtypes);
	($r, $new) = build($tree, "$folder-reference");
	is(differing($old, $new), $reach, "$name: with a.symref versions change");
	is(join(' ', sort map { /the version of (\w+) changed/ } split /\n/, $r->{err}), $reach =~ s/ c_add//r, '... and it is said which');
	is(join(' ', keys %{{map { /^\t(.*)/ ? ($1 => 1) : () } split /\n/, $r->{err}}}), 's#a_options changed', '... and because of what, a structure of the header');
	command('', "$top/kbuild/make", '-C', "$tree/build", "M=$folder-reference", 'clean');
	($r) = build($tree, "$folder-reference", 'KBUILD_PRESERVE=1');
	ok($r->{status} && $r->{err} =~ /^error: gendwarfksyms: .*4 versions differ from those of '.*a\.symref'/m, '... KBUILD_PRESERVE=1 makes it an error');

	# A symbol of assembly without a prototype
	make_module("$folder-bad", '', '');
	unlink "$folder-bad/asm-prototypes.h";
	($r) = build($tree, "$folder-bad");
	ok($r->{status} && $r->{err} =~ /^error: gendwarfksyms: .*c-assembly\.o.*no prototype/m, "$name: assembly without a prototype is an error");

	# Configurations that can't work
	for my $case (['MODVERSIONS', qr/CONFIG_MODVERSIONS is off in '.*config'/], ['DEBUG_INFO', qr/no debugging information: CONFIG_DEBUG_INFO is off/]) {
		my ($option, $want) = @$case;
		mkdir "$scratch/tree";
		spew("$scratch/tree/.config", slurp("$tree/build/.config") =~ s/^CONFIG_$option=y$/# CONFIG_$option is not set/mr);
		$r = command('', "$top/kbuild/make", '-C', "$scratch/tree", 'modules');
		ok($r->{status} && $r->{err} =~ /^error: gendwarfksyms: .*$want/m, "$name: no CONFIG_$option is an error");
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
# How scripts/Makefile.build calls the commands: older trees with the symtypes file as an argument, newer ones without. Rust's
# helpers are skipped.
{
	my $folder = "$scratch/calls";
	mkdir $folder;
	spew("$folder/e.c", "int e;\nasm(\".globl __export_symbol_e; __export_symbol_e:\");\n");
	spew("$folder/.config", "CONFIG_MODVERSIONS=y\nCONFIG_DEBUG_INFO=y\n");
	spew("$folder/Makefile", <<'E');
CC := cc
NM := nm
c_flags := -g
gen_old = $(call cmd_gensymtypes_$(1),$(KBUILD_SYMTYPES),$(@:.o=.symtypes)) >> $@.cmd
gen_new = $(cmd_gensymtypes_$1) >> $@.cmd
old.o new.o: e.c
	$(CC) $(c_flags) -c -o $@ $<
	$(call gen_$(basename $@),c)
E
	for my $tree ('old', 'new') {
		for my $case (['', 1, 0], ['KBUILD_SYMTYPES=1', 1, 1], ['skip_gendwarfksyms=1', 0, 0]) {
			my ($variable, $versions, $symtypes) = @$case;
			unlink map {"$folder/$tree$_"} '.o', '.o.cmd', '.symtypes';
			my $r = command('', "$top/kbuild/make", '-C', $folder, "$tree.o", split ' ', $variable);
			is($r->{status}, 0, "kbuild of $tree trees $variable") or diag($r->{err});
			is(slurp("$folder/$tree.o.cmd") =~ /^#SYMVER e 0x/m || 0, $versions, '... versions');
			is(-e "$folder/$tree.symtypes" || 0, $symtypes, '... a symtypes file');
		}
	}
}
{
	local $ENV{GENDWARFKSYMS} = "$scratch/no/such/program";
	my $r = command('', "$top/kbuild/make", '-C', "$trees[0]/build", 'modules');
	ok($r->{status} && $r->{err} =~ /no such.*build it first|no\/such.*build it first/m, 'a program that is not there is an error');
}

done_testing();
