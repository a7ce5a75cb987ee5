#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# Builds of a module after a change, without `make clean`: versions are those of a build from scratch, or it is an error.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib", $FindBin::Bin;
use Gendwarfksyms;
use Headers;

plan(skip_all => 'no headers of a kernel are installed') if !@trees;

my $folder = "$scratch/module";
my $note = "$folder/.gendwarfksyms.cmd";

sub header { return spew("$folder/$_[0].h", "struct $_[0] { int number; $_[1] };\n") }
sub objects { return spew("$folder/Kbuild", "obj-m := q.o\nq-y := @_\n") }

mkdir $folder;
my $module = qq(#include <linux/module.h>\nMODULE_LICENSE("GPL");\nMODULE_DESCRIPTION("module");\n);
spew("$folder/q0.c", "#include <linux/export.h>\n");
spew("$folder/q1.c", qq($module#include "q.h"\nint q_get(struct q *q);\nint q_get(struct q *q) { return q->number; }\nEXPORT_SYMBOL(q_get);\n));
spew("$folder/q2.c", qq(#include <linux/export.h>\n#include "p.h"\nint p_get(struct p *p);\nint p_get(struct p *p) { return p->number; }\nEXPORT_SYMBOL(p_get);\n));
spew("$folder/r.c", $module);
spew("$folder/assembly.S", assembly('q_add'));
spew("$folder/asm-prototypes.h", qq(#include "prototypes.h"\n#ifdef CONFIG_PRINTK\nlong q_add(struct q *q);\n#endif\n));
spew("$folder/prototypes.h", qq(#include "q.h"\n));

# Builds what is there, and once more from scratch. Returns the versions of the first.
sub same_as_clean {
	my ($tree, $what, @variables) = @_;
	my ($r, $versions) = build($tree, $folder, @variables);
	is($r->{status}, 0, $what) or diag($r->{err});
	clean($tree);
	my (undef, $clean) = build($tree, $folder, @variables);
	is_deeply($versions, $clean, '... the versions are those of a build from scratch');
	return $versions;
}

sub clean {
	my ($tree) = @_;
	return run_make($tree, $folder, 'clean');
}

for my $tree (@trees) {
	my ($name) = $tree =~ /([^\/]*)$/;

	# Which object comes first, whose .cmd file has the versions of the linked one
	for my $linked ($tree eq $trees[0] ? ('', 'GENDWARFKSYMS_LINKED=1') : ()) {
		header($_, '') for 'p', 'q';
		objects('q1.o q2.o');
		my (undef, $before) = build($tree, $folder, split ' ', $linked);
		header('p', 'long more;');
		objects('q0.o q1.o q2.o');
		my $after = same_as_clean($tree, "$name: another first object, and another structure $linked", split ' ', $linked);
		isnt($after->{p_get}, $before->{p_get}, '... what uses it has another version');
		objects('q2.o q1.o q0.o');
		same_as_clean($tree, '... and another order', split ' ', $linked);
		clean($tree);
	}

	# Prototypes of assembly
	header('q', '');
	objects('q1.o assembly.o');
	my (undef, $before) = build($tree, $folder);
	header('q', 'long more;');
	my $after = same_as_clean($tree, "$name: a structure of a prototype");
	isnt($after->{q_add} // $before->{q_add}, $before->{q_add}, '... the export of assembly has another version');
	my $time = (stat "$folder/assembly.o")[9];
	build($tree, $folder);
	is((stat "$folder/assembly.o")[9], $time, '... and is not made again without a change');
	unlink "$folder/prototypes.h";
	spew("$folder/asm-prototypes.h", qq(#include "q.h"\nlong q_add(struct q *q);\n));
	same_as_clean($tree, '... without a header of before');
	is(join(' ', glob "$folder/.*.d"), '', '... and nothing is left over');
	clean($tree);
	spew("$folder/prototypes.h", qq(#include "q.h"\n));

	# A symtypes file that is older than the linked object
	if ($tree eq $trees[0]) {
		objects("q1.o q2.o\nobj-m += r.o");
		header('q', '');
		build($tree, $folder, 'GENDWARFKSYMS_LINKED=1', 'KBUILD_SYMTYPES=1');
		header('q', 'long more;');
		build($tree, $folder, 'GENDWARFKSYMS_LINKED=1');
		command('', 'touch', "$folder/r.c");
		build($tree, $folder, 'GENDWARFKSYMS_LINKED=1', 'KBUILD_SYMTYPES=1');
		like(slurp("$folder/q.symtypes"), qr/^s#q .* more/m, "$name: a symtypes file is made again, if another module is");
		clean($tree);
		objects('q1.o q2.o');
	}

	# Versions of another tool
	my $r = command('', 'make', '-C', "$tree/build", "M=$folder", 'modules');
	is($r->{status}, 0, "$name: built by make alone") or diag($r->{err});
	($r) = build($tree, $folder);
	isnt($r->{status}, 0, '... then by kbuild/make: an error');
	like($r->{err}, qr/error: gendwarfksyms: the versions in '\Q$folder\E' were made by another tool: run make clean first/, '... which says why');
	is(clean($tree)->{status}, 0, '... clean works');
	($r) = build($tree, $folder, '-n');
	is(-e $note || 0, 0, '... make -n leaves no note');
	($r) = build($tree, $folder);
	is($r->{status}, 0, '... and then it is built') or diag($r->{err});
	ok(-e $note, '... with a note');
	clean($tree);
}

for my $variable ('MAKEFLAGS', 'GNUMAKEFLAGS') {
	local $ENV{$variable} = 'MAKEFILES=';
	my $r = command('', "$top/kbuild/make", '--version');
	like("$r->{status}$r->{err}", qr/^1error: gendwarfksyms: MAKEFILES can't be an argument of make/, "MAKEFILES in $variable");
}

done_testing();
