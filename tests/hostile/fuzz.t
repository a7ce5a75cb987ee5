#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# The fuzzing targets are built and run for a moment, with clang's sanitizers, which find what gcc's don't: NULL + 0, say.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my $runs = 1000; # of seeds, then of mutants of them
my $source = spew("$scratch/target.c", "int LLVMFuzzerTestOneInput(const char *data, long size) { (void)data; return !size; }\n");
my $r = command('', 'clang', '-fsanitize=fuzzer,address,undefined', '-o', "$scratch/target", $source);
$r = command('', qw(timeout --signal=KILL 60), "$scratch/target", '-runs=1') if $r->{status} eq '0';
plan skip_all => "no clang with libFuzzer that runs here: $r->{err}" if $r->{status} ne '0';

for my $program (qw(gendwarfksyms kabi-compare)) {
	my $folder = "$scratch/$program";
	$r = command('', 'make', '-s', '-C', "$tests/..", 'fuzz', "FUZZ_PROGRAM=$program", "FUZZ_DIR=$folder",
		"FUZZ_OPTIONS=-runs=$runs -seed=1 -timeout=60 -max_len=16384 -detect_leaks=0");
	is($r->{status}, '0', "$program: the target is built, and none of $runs runs is bad") or diag(substr $r->{err}, -6000);
	like($r->{err}, qr/^Done (\d{3,}) runs/m, '... which have run');
	is(join(' ', glob("$folder/findings/*")), '', '... no findings');
}

done_testing;
