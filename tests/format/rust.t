#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# Rust: exports of crate.rs, with each rustc that is installed.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my %compilers;
for my $rustc ('/usr/bin/rustc', glob('/usr/lib/rust-*/bin/rustc'), 'rustc', $ENV{RUSTC} // ()) {
	my $version = command('', $rustc, '--version');
	$compilers{$version->{out} =~ s/\s+\z//r} //= $rustc if $version->{status} eq '0';
}
plan(skip_all => 'no rustc is installed') if !%compilers;

my $objects = 0;

sub rust_object {
	my ($rustc, $source, @flags) = @_;
	my $object = "$scratch/rust" . ++$objects . '.o';
	my $r = command('', $rustc, '-g', '--emit=obj', '--crate-name', 'crate_under_test', @flags, '-o', $object, spew("$object.rs", $source));
	die $r->{err} if $r->{status};
	return $object;
}

my $functions = 'r_layout r_fixed r_c r_union r_enums r_options r_dyn r_slices r_wide r_generic r_function R_TABLE';
for my $name (sort keys %compilers) {
	my $rustc = $compilers{$name};
	my %all;
	for my $flags ([], ['-O'], ['-C', 'panic=abort', '-C', 'opt-level=2', '-C', 'debuginfo=2']) {
		my $object = rust_object($rustc, slurp("$tests/format/crate.rs"), @$flags);
		my @symbols = grep { !/^DW\.ref\./ } map { / [TDRBV] (\S+)/ ? $1 : () } split /\n/, command('', 'nm', $object)->{out};
		my ($long) = grep { /method_of_a_structure_with_a_long_name/ } @symbols;
		my $r = run([@symbols], [], $object);
		my %versions = $r->{out} =~ /^#SYMVER (\S+) (\S+)$/mg;
		is($r->{err}, '', "$name @$flags: no error or warning");
		is(join(' ', grep { ($versions{$_} // '0x00000000') eq '0x00000000' } split(' ', $functions), @symbols), '', '... a version for each export');
		cmp_ok(length $long, '>', 56, '... also with a name that is too long for struct modversion_info');
		like($r->{out}, qr/^#SYMVER \Q$long\E 0x/m, '... which passes through as it is');
		same_as_model(\@symbols, [], $object, '... the same as the model');
		my $string = run(['r_layout'], ['--dump-versions'], $object)->{err};
		$all{$string =~ s/^r_layout //r}++;
	}
	is(keys %all, 1, "$name: the compiler's flags don't change the string of a type");

	# The compiler orders the fields of a repr(Rust) structure; repr(C) keeps the order of the source.
	my $source = "#![no_std]\n#![crate_type = \"lib\"]\nREPR pub struct L { FIELDS }\n#[no_mangle] pub fn f(x: &L) -> u64 { x.b }\n";
	my $string = sub {
		my ($repr, $fields) = @_;
		return run(['f'], ['--dump-versions'], rust_object($rustc, $source =~ s/REPR/$repr/r =~ s/FIELDS/$fields/r))->{err};
	};
	my $members = sub { return join "\n", sort $_[0] =~ /(member .*? data_member_location\(\d+\))/g };
	my ($abc, $cab) = ('pub a: u8, pub b: u64, pub c: u16', 'pub c: u16, pub a: u8, pub b: u64');
	is($string->('', $abc), $string->('', "$abc,"), "$name: a comma changes nothing");
	is($members->($string->('', $abc)), $members->($string->('', $cab)), '... the order of fields does not change the layout of a repr(Rust) structure');
	isnt($members->($string->('#[repr(C)]', $abc)), $members->($string->('#[repr(C)]', $cab)), '... but that of a repr(C) one');
	# FORMAT.md has the members in the order of DWARF, where rustc leaves them in the order of the source.
	isnt($string->('', $abc), $string->('', $cab), '... and both change the string');
	isnt($members->($string->('', $abc)), $members->($string->('', $abc =~ s/u16/u32/r)), '... as does another layout');
}

done_testing();
