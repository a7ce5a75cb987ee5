#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# Symbols that C exports but only declares: they are treated as the others of their module, with all of kbuild/make's variables.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib", $FindBin::Bin;
use Gendwarfksyms;
use Headers;

# Trees in which a line of assembly is an export, without a use that has the compiler describe the symbol
@trees = grep { slurp("$_/build/scripts/Makefile.build") =~ /__export_symbol_/ } @trees;
plan(skip_all => 'no headers of a kernel since 6.5 are installed') if !@trees;

my $folder = "$scratch/module";

sub module {
	my ($more) = @_;
	mkdir $folder;
	spew("$folder/Kbuild", "obj-m := m.o\nm-y := d.o e.o\nccflags-y := -DSEPARATOR='\" ; \"'\n");
	spew("$folder/d.h", "struct d { int number; $more};\nint d_call(struct d *d);\nint d_own(struct d *d);\n");
	spew("$folder/d.c", <<'E2');
#include <linux/module.h>
#include "d.h"
#warning a warning of the compiler
asm(".pushsection .data; .globl d_call; d_call: .skip 8; .popsection");
asm(".pushsection .export_symbol,\"a\"; __export_symbol_d_call: .asciz \"GPL\"; .asciz \"\"; .balign 8; .quad d_call; .popsection");
static const char separator[] __used = SEPARATOR;
int d_own(struct d *d) { return d->number; }
EXPORT_SYMBOL_GPL(d_own);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("declares");
E2
	spew("$folder/e.c", "int e(void);\nint e(void) { return 0; }\n");
}

sub cleaned {
	my ($tree) = @_;
	my $r = run_make($tree, $folder, 'clean');
	die $r->{err} if $r->{status};
}

for my $tree (@trees) {
	my ($name) = $tree =~ /([^\/]*)$/;
	my $messages;
	for my $case (['d', ''], ['m', 'GENDWARFKSYMS_LINKED=1']) {
		my ($base, @variables) = ($case->[0], split ' ', $case->[1]);
		module('');
		my ($r, $old) = build($tree, $folder, @variables, 'KBUILD_SYMTYPES=1', 'KCFLAGS=-Wno-error');
		is($r->{status}, 0, "$name, @variables: a module is built") or diag($r->{err});
		is(join(' ', sort keys %$old), 'd_call d_own', '... with versions');
		is($old->{d_call} eq ($old->{d_own} // ''), '', '... of their own');
		isnt($old->{d_call}, '0x00000000', '... also of what is only declared');
		my @warnings = $r->{err} =~ /(warning:.*a warning of the compiler.*)/g;
		is(@warnings, 1, '... the compiler warns once');
		unlike($r->{err}, qr/sed:|gendwarfksyms/, '... and nobody else') or diag($r->{err});
		$messages //= $r->{err};
		is($r->{err}, $messages, '... the messages are those of single objects');
		my $symtypes = slurp("$folder/$base.symtypes") // '';
		like($symtypes, qr/^$_ subprogram /m, "... $base.symtypes has $_") for 'd_call', 'd_own';
		SKIP: {
			skip 'this kbuild makes no symtypes files by name', 3 if $base ne 'd' || slurp("$tree/build/scripts/Makefile.build") !~ /^\$\(obj\)\/%\.symtypes/m;
			unlink "$folder/d.symtypes";
			$r = run_make($tree, $folder, 'd.symtypes', 'KCFLAGS=-Wno-error');
			is($r->{status}, 0, '... d.symtypes by name') or diag($r->{err});
			is(slurp("$folder/d.symtypes"), $symtypes, '... is the same');
			is(join(' ', grep { /symtypes\.o/ } glob "$folder/* $folder/.*"), '', '... and leaves nothing behind');
		}

		# FILE.symref
		my $reference = spew("$folder/$base.symref", $symtypes);
		cleaned($tree);
		($r) = build($tree, $folder, @variables, 'KBUILD_PRESERVE=1', 'KCFLAGS=-Wno-error');
		is($r->{status}, 0, '... with KBUILD_PRESERVE=1 the same types are no error') or diag($r->{err});
		cleaned($tree);
		module('int more; ');
		($r, my $new) = build($tree, $folder, @variables, 'KCFLAGS=-Wno-error');
		my %changed = map { /the version of (\w+) changed/ ? ($1 => 1) : () } split /\n/, $r->{err};
		is(join(' ', sort keys %changed), 'd_call d_own', '... what changed is said');
		isnt($new->{d_call}, $old->{d_call}, '... and has another version');
		cleaned($tree);
		($r) = build($tree, $folder, @variables, 'KBUILD_PRESERVE=1', 'KCFLAGS=-Wno-error');
		ok($r->{status} && $r->{err} =~ /^error: gendwarfksyms: .*2 versions differ from those of '.*\Q$base\E\.symref'/m, '... with KBUILD_PRESERVE=1 it is an error') or diag($r->{err});
		cleaned($tree);
		unlink $reference;
	}
	is(join(' ', grep { !/\.(?:c|h)$|Kbuild$|\/\.\.?$/ } glob "$folder/* $folder/.*"), '', "$name: clean leaves nothing");
}

done_testing();
