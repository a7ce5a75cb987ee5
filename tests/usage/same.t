#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# The same answer always: other orders of symbols and files, locales, addresses, duplicate names; no leak that valgrind sees.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my $cc = $ENV{CC} || 'cc';
my $random = 1;
sub shuffled {
	my @list = @_;
	for my $i (reverse 1 .. $#list) {
		$random = ($random * 1103515245 + 12345) & 0x7fffffff;
		my $j = ($random >> 8) % ($i + 1);
		@list[$i, $j] = @list[$j, $i];
	}
	return @list;
}

# Objects with types in cycles, in which order matters to the kernel's tool
my (@objects, %symbols);
for (my $seed = 1; @objects < 4; $seed++) {
	random_c($seed, "$scratch/$seed");
	my $object = eval { c_object(slurp("$scratch/$seed/t.c"), "-I$scratch/$seed") } or next;       # not all random programs are C
	push @objects, $object;
	$symbols{$object} = [map { /^(\S+)/ ? $1 : () } split /\n/, slurp("$scratch/$seed/t.syms")];
}

sub lines { return join '', sort map {"$_\n"} split /\n/, $_[0]{out} }
sub whole { return join "\0", @{$_[0]}{qw(status out err symtypes)} }

for my $object (@objects) {
	my @names = @{$symbols{$object}};
	my @dumps = ('--dump-dies', '--dump-types', '--dump-versions');
	my $want = run([@names], [@dumps], $object);
	my $canonical = lines(run([@names], ['--canonical'], $object));
	is(lines(run([reverse @names], ['--canonical'], $object)), $canonical, '--canonical: symbols in the opposite order');
	is(lines(run([shuffled(@names)], ['--canonical'], $object)), $canonical, '... in a random order') for 1 .. 3;
	my %one = map { split ' ', run([$_], ['--canonical'], $object)->{out} =~ s/^#SYMVER //r } @names;
	# (An alias has no DIE of its own.)
	delete $one{$_} for grep { $one{$_} eq '0x00000000' } @names;
	is(join('', sort map {"#SYMVER $_ $one{$_}\n"} keys %one), join('', grep { /SYMVER (\S+)/ && $one{$1} } split /^/m, $canonical), '... one at a time');
	# Names whose place in FORMAT.md's order isn't decided by the order on stdin
	my %places;
	is(run([@names, reverse @names], [@dumps], $object)->{out}, $want->{out}, 'each name twice: the first counts');
	is(whole(run(join('', map {"$_ something \t else\n"} @names), [@dumps], $object)), whole($want), 'more words on the lines');
	for my $locale (qw(C C.UTF-8 tr_TR.UTF-8 de_DE.UTF-8)) {
		local $ENV{LC_ALL} = $locale;
		is(whole(run([@names], [@dumps], $object)), whole($want), "locale $locale");
	}
	for my $wrapper (['setarch', '-R'], ['env', '-i'], ['env', 'MALLOC_PERTURB_=165'], ['env', 'MALLOC_ARENA_MAX=1', 'MALLOC_MMAP_THRESHOLD_=4096']) {
		my $r = command(join('', map {"$_\n"} @names), @$wrapper, $tool, @dumps, $object);
		SKIP: {
			skip "@$wrapper does not work here", 1 if $r->{err} =~ /^(?:setarch|env):/m;
			is("$r->{status}\0$r->{out}\0$r->{err}", "$want->{status}\0$want->{out}\0$want->{err}", "@$wrapper");
		}
	}
}

# Several files: each symbol's version is that of the file that has it.
my %want;
my @all = map { @{$symbols{$_}} } @objects;
my %count;
$count{$_}++ for @all;
my @unique = grep { $count{$_} == 1 } @all;
for my $object (@objects) {
	my %here = map { $_ => 1 } @{$symbols{$object}};
	my @names = grep { $here{$_} } @unique;
	my $out = run([@names], ['--canonical'], $object)->{out};
	$want{$1} = $2 while $out =~ /^#SYMVER (\S+) (\S+)$/mg;
}
cmp_ok(scalar(keys %want), '>', 20, 'symbols that only one file has');
my $want = join '', sort map {"#SYMVER $_ $want{$_}\n"} keys %want;
for (1 .. 4) {
	my @order = shuffled(@objects);
	is(lines(run([keys %want], ['--canonical'], @order)), $want, 'files in a random order');
}

# valgrind, on a sample
SKIP: {
	my $r = command('', 'valgrind', '--version');
	skip 'no valgrind', 1 if $r->{status} ne '0';
	skip 'not with the sanitizers', 1 if $tool =~ /sanitized/;
	for my $object ($objects[0], c_object(slurp("$tests/../examples/example.c"), '-gz'), c_object(slurp("$tests/../examples/example.c"), '-gdwarf-5', '-fdebug-types-section')) {
		$r = command(join('', map {"$_\n"} @{$symbols{$object} || ['device_add', 'device_list']}), 'valgrind', '-q', '--error-exitcode=9', '--leak-check=full',
			'--show-leak-kinds=definite,indirect,possible', '--errors-for-leak-kinds=definite,indirect,possible', $tool, '--stable', '-T', "$scratch/types", $object);
		is($r->{status}, 0, 'clean under valgrind') or diag($r->{err});
	}
}

done_testing();
