#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# Our own decoding and relocation against libdw's (see compare.c): all golden objects, and some compiled here.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my @objects;
for my $case (sort glob "$tests/model/golden/*") {
	my $object = "$scratch/" . $case =~ s/.*\///r;
	spew($object, -e "$case/in.o" ? slurp("$case/in.o") : command('', 'xz', '-dc', "$case/in.o.xz")->{out});
	push @objects, $object;
}
my $source = slurp("$tests/../examples/example.c");
for my $flags (['-gdwarf-2', '-gstrict-dwarf'], ['-gdwarf-3'], ['-gdwarf-4'], ['-gdwarf-5'], ['-gz'], ['-gdwarf-5', '-fdebug-types-section'], ['-O2'], ['CC=clang', '-gdwarf-5']) {
	my $object = eval { c_object($source, @$flags) } or next;
	push @objects, $object;
}
push @objects, die_object(slurp("$tests/format/forms.dies"));
exec "$tests/tools/compare$suffix", @objects or die "cannot run compare: $!";
