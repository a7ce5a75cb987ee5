#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# Work grows no faster than the input. Counted (--debug prints the counts), not timed.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my $int = "  \@int%s base_type name=int byte_size=4 encoding=5\n";

sub counts {
	my ($description, $symbols, @options) = @_;
	my $r = run($symbols, ['--debug', @options], die_object($description));
	die "failed: $r->{err}" if $r->{status} || $r->{err} !~ /(work=\d+ .*)/;
	return split /[ =]/, $1;
}

# `make` makes the description and the list of symbols for a size. Four times the size may cost 4.4 times the work, and a constant,
# which is larger for memory, as that comes in blocks.
sub linear {
	my ($name, $size, $make, @options) = @_;
	my %small = counts($make->($size), @options);
	my %large = counts($make->(4 * $size), @options);
	my @bad = map {"$_: $small{$_}, then $large{$_}"} grep { $large{$_} > 4.4 * $small{$_} + ($_ eq 'memory' ? 1 << 20 : 1000) } sort keys %large;
	is(join(', ', @bad), '', "$name: " . join(' ', map {"$_=$large{$_}"} sort keys %large));
	return cmp_ok($large{work}, '>', 2 * $small{work}, "... the input did grow");
}

# Sixty structures in one cycle, the same in each unit.
sub cycle {
	my ($unit) = @_;
	return join '', map { sprintf "  \@s%s_%d structure_type name=s%d byte_size=8\n    member name=next type=\@p%s_%d\n    member name=far type=\@p%s_%d\n  \@p%s_%d pointer_type type=\@s%s_%d\n",
		$unit, $_, $_, $unit, ($_ + 1) % 60, $unit, ($_ * 7 + 3) % 60, $unit, $_, $unit, $_ } 0 .. 59;
}

linear('units with the same types', 25, sub {
	my ($n) = @_;
	return join('', map {"compile_unit\n" . cycle("u$_") . "  variable name=v$_ type=\@su${_}_0\n"} 1 .. $n), [map {"v$_"} 1 .. $n];
});
linear('units that refer to one', 200, sub {
	my ($n) = @_;
	return "compile_unit\n" . cycle('u') . join('', map {"compile_unit\n  variable name=v$_ type=\@su_0\n"} 1 .. $n), [map {"v$_"} 1 .. $n];
});
linear('symbols of one type', 200, sub {
	my ($n) = @_;
	return "compile_unit\n" . cycle('u') . join('', map {"  variable name=v$_ type=\@su_0\n"} 1 .. $n), [map {"v$_"} 1 .. $n];
});
linear('symbols of all types of a cycle', 200, sub {
	my ($n) = @_;
	return "compile_unit\n" . cycle('u') . join('', map {"  variable name=v$_ type=\@su_" . $_ % 60 . "\n"} 1 .. $n), [map {"v$_"} 1 .. $n];
});
linear('structures in a chain', 500, sub {
	my ($n) = @_;
	return sprintf("compile_unit\n$int", '') . join('', map { "  \@s$_ structure_type name=s$_\n    member name=next type=\@" . ($_ < $n ? 's' . ($_ + 1) : 'int') . "\n" } 1 .. $n)
		. "  variable name=v type=\@s1\n", ['v'];
});
linear('structures in a cycle', 500, sub {
	my ($n) = @_;
	return "compile_unit\n" . join('', map { "  \@s$_ structure_type name=s$_\n    member name=next type=\@s" . ($_ % $n + 1) . "\n" } 1 .. $n) . "  variable name=v type=\@s1\n", ['v'];
});
linear('cycles of structures', 50, sub {
	my ($n) = @_;
	return "compile_unit\n" . join('', map { my $cycle = $_; map { sprintf "  \@s%d_%d structure_type name=s%d_%d\n    member name=next type=\@s%d_%d\n", $cycle, $_, $cycle, $_, $cycle, ($_ + 1) % 32 } 0 .. 31 } 1 .. $n)
		. "  \@all structure_type name=all\n" . join('', map {"    member name=m$_ type=\@s${_}_0\n"} 1 .. $n) . "  variable name=v type=\@all\n", ['v'];
});
linear('members of a structure', 1000, sub {
	my ($n) = @_;
	return sprintf("compile_unit\n$int", '') . "  \@s structure_type name=s\n" . join('', map {"    member name=m$_ type=\@int data_member_location=$_\n"} 1 .. $n) . "  variable name=v type=\@s\n", ['v'];
});
linear('pointers to pointers', 1000, sub {
	my ($n) = @_;
	return sprintf("compile_unit\n$int", '') . join('', map { "  \@p$_ pointer_type type=\@" . ($_ < $n ? 'p' . ($_ + 1) : 'int') . "\n" } 1 .. $n) . "  variable name=v type=\@p1\n", ['v'];
});
linear('typedefs of typedefs', 500, sub {
	my ($n) = @_;
	return sprintf("compile_unit\n$int", '') . join('', map { "  \@t$_ typedef name=t$_ type=\@" . ($_ < $n ? 't' . ($_ + 1) : 'int') . "\n" } 1 .. $n) . "  variable name=v type=\@t1\n", ['v'];
});
linear('types in namespaces', 500, sub {
	my ($n) = @_;
	return "compile_unit\n" . join('', map {"  namespace name=n$_\n    \@s$_ structure_type name=s\n      member name=m type=\@s" . ($_ % $n + 1) . "\n"} 1 .. $n) . "  variable name=v type=\@s1\n", ['v'];
});
linear('functions that are not exported', 1000, sub {
	my ($n) = @_;
	return sprintf("compile_unit\n$int", '') . join('', map {"  subprogram name=f$_\n    lexical_block\n      variable name=x type=\@int\n"} 1 .. $n) . "  variable name=v type=\@int\n", ['v'];
});

# Of types of one name, --canonical writes those that may be the greatest, and a baseline those up to the second definition.
my $definitions = join '', map {
	my $unit = $_;
	"compile_unit\n" . sprintf($int, $unit) . "  \@s$unit structure_type name=s\n" . join('', map {"    member name=m$_ type=\@int$unit\n"} $unit .. 100) . "  variable name=v$unit type=\@s$unit\n"
} 1 .. 20;
my $once = {counts($definitions, [map {"v$_"} 1 .. 20])}->{written};
cmp_ok({counts($definitions, [map {"v$_"} 1 .. 20], '--canonical')}->{written}, '<', $once + 1000, 'definitions of a type, each a member shorter: --canonical writes the first');
cmp_ok({counts($definitions, [map {"v$_"} 1 .. 20], '-c', '/dev/null')}->{written}, '<', 2 * $once, '... -c two');

# Types each of which leads to the one before: what leads to a change is found in one go, not one step at a time, which would take minutes.
my $size = 16_000;
my @baselines = map {
	my $type = $_;
	spew("$scratch/$type", 'a variable structure_type { ' . join(' ', map { sprintf 's#t%06d', $_ } 0 .. $size - 1) . " }\n"
			. join('', map { sprintf "s#t%06d structure_type t%06d { member %s $type }\n", $_, $_, $_ ? sprintf('s#t%06d', $_ - 1) : 'x' } 0 .. $size - 1))
} qw(int long);
my $r = command('', 'timeout', 60, "$tests/../kabi-compare$suffix", '--format', 'short', @baselines);
like("$r->{status}$r->{out}$r->{err}", qr/\A1changed a\b.*\n\z/, 'a chain of types in two baselines') or diag(substr "$r->{status} $r->{err}", 0, 300);

done_testing();
