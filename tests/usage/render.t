#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# What kabi-compare shows of a change: words, each with its kind, and C.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my $program = "$tests/../kabi-compare$suffix";
my $gcc = $ENV{CC} || 'cc';

# A symtypes file of an object; all that it exports is a symbol.
sub symtypes_of {
	my ($object, @options) = @_;
	# (nm takes ten times as long where clang is installed, which has a plugin for it.)
	my @symbols = map { / (?:GLOBAL|WEAK) +\S+ +(?!UND)\S+ (\S+)/ ? $1 : () } split /\n/, command('', 'readelf', '-sW', $object)->{out};
	my $r = run(\@symbols, [@options], $object);
	die $r->{err} if $r->{status};
	return $r->{symtypes};
}

# The output for two symtypes files, and of it what is said of each cause: {key => [words, diff]}.
sub compare {
	my ($old, $new) = @_;
	my $r = command('', $program, spew("$scratch/old", $old), spew("$scratch/new", $new));
	my %causes;
	for (split /\n\n/, $r->{out}) {
		my ($key, $words, $diff) = /\A([sute]#'[^']*'|\S+) [^\n]*\n((?:  [^\n]*\n)*)(---.*)\z/s or next;
		$causes{$key} = [$words =~ s/^  //mgr, "$diff\n" =~ s/\A---.*\n\+\+\+.*\n//r];
	}
	return $r, \%causes;
}

# The C of each type and symbol of a symtypes file: what is shown as added, to a baseline in which each symbol leads to all types, and none is anything.
sub rendered {
	my ($symtypes) = @_;
	my @keys = map { /^([sute]#'[^']*'|\S+)/ ? $1 : () } split /\n/, $symtypes;
	my $all = join ' , ', map {"formal_parameter $_"} grep {/#/} @keys;
	my ($scheme) = $symtypes =~ /^[^# ]+ (canonical\(\d+\) )/m;
	my ($r, $causes) = compare(join('', map { /#/ ? "$_ base_type none byte_size(1)\n" : "$_ " . ($scheme // '') . "subprogram ( $all ) -> base_type none byte_size(1)\n" } @keys), $symtypes);
	return {map { ($_ => join '', $causes->{$_}[1] =~ /^\+(.*\n)/mg) } keys %$causes};
}

# The references in a string that have to be defined before it: all of typedefs and enumerations, and of others those that aren't behind a pointer.
sub needed {
	my ($string) = @_;
	my ($last, @open, %needed) = ('');
	for (split / /, $string) {
		if ($_ eq '{' || $_ eq '(') { push @open, (@open && $open[-1]) || $last eq 'pointer_type' || $_ eq '(' }
		elsif (/^[})]$/) { pop @open }
		elsif (/^[te]#/ || (/^[su]#/ && !(@open && $open[-1]))) { $needed{$_} = 1 }
		$last = $_;
	}
	return sort keys %needed;
}

# All types of a symtypes file as one C header, in an order that compiles: pieces [key, C].
sub in_order {
	my ($strings, $c) = @_;
	my (%seen, @pieces, $visit);
	$visit = sub {
		my ($key) = @_;
		return if $seen{$key}++ || !defined $c->{$key};
		$visit->($_) for needed($strings->{$key});
		push @pieces, [$key, $c->{$key}];
	};
	$visit->($_) for sort grep {/#/} keys %$strings;
	return @pieces;
}

# Whether a type is defined, with all that it is made of.
sub is_complete {
	my ($strings, $key) = @_;
	return 0 if !defined $strings->{$key} || ($key =~ /#/ && $strings->{$key} =~ /^\w+ \S+ \{ \}$/);
	return !grep { !is_complete($strings, $_) } needed($strings->{$key} =~ s/^(?:canonical\(\d+\) )?subprogram \(//r);
}

my %words = (s => 'struct ', u => 'union ', e => 'enum ', t => '');

# Strings by reference or symbol, with all separators (one may be missing by FORMAT.md 5a).
sub strings {
	my ($symtypes) = @_;
	return map { /^([sute]#'[^']*'|\S+) (.*)/ ? ($1, $2) : () } split /\n/, $symtypes =~ s/(?<! )formal_parameter/ , formal_parameter/gr;
}

# The strings of the types of such a header, and of some symbols.
sub recompiled {
	my ($pieces, $symbols, $options, @flags) = @_;
	my $number = 0;
	my $object = c_object(join("\n", '#define __aligned(x) __attribute__((aligned(x)))', (map { $_->[0] =~ /^([su])#(.*)/ ? "$words{$1}$2;" : () } @$pieces),
		(map { $_->[1] } @$pieces), "---\n") . join('', map({ $_->[0] =~ /^(.)#(.*)/; "$words{$1}$2 *round_trip_" . $number++ . ";\n" } @$pieces),
		@$symbols), '-fdata-sections', @flags);
	return {strings(symtypes_of($object, @$options))};
}

# What is said of each structure, union and enumeration of a string, in the order in which they end: its items without those of others inside.
sub bodies {
	my ($string) = @_;
	my ($tag, @open, @bodies) = ('', ['', '']);
	my @words = split / /, $string;
	while (defined(my $word = shift @words)) {
		if ($word eq '{') { push @open, [$tag, ''] }
		elsif ($word eq '}') {
			my ($of, $text) = @{pop @open};
			my $size = '';
			$size .= ' ' . shift @words while @words && $words[0] =~ /^(?:byte_size|alignment)/;
			push @bodies, "$text$size" if $of =~ /^(?:structure|union|enumeration)/;
			$open[-1][1] .= $of =~ /^(?:structure|union|enumeration)/ ? "$of $size " : "$text$size ";
		}
		else { $open[-1][1] .= "$word " }
		$tag = $word if $word =~ /_type(?:\[|$)/;
	}
	return @bodies;
}

# Renders the types and symbols of an object, compiles them, and tells which have the same strings again, which don't, and for how many types packed had to
# be written. (That a structure is packed is seen in its places alone; so it is tried, from the inside out.)
sub round_trip {
	my ($object, $options, @flags) = @_;
	my $symtypes = symtypes_of($object, @$options);
	my %strings = strings($symtypes);
	my $c = rendered($symtypes);
	my @pieces = in_order(\%strings, $c);
	my @symbols = sort grep { !/#/ && is_complete(\%strings, $_) } keys %strings;
	my @definitions = map { $strings{$_} =~ /^(?:canonical\(\d+\) )?subprogram / ? $c->{$_} =~ s/;$/ { __builtin_trap(); }/r : $c->{$_} } @symbols;
	my ($again, %packed, %given_up, $tried);
	do {
		$again = recompiled(\@pieces, \@definitions, $options, @flags);
		$_ //= '' for @$again{keys %strings};
		$tried = 0;
		my %wrong = map { $again->{$_} ne $strings{$_} ? ($_ => 1) : () } keys %strings;
		for my $piece (@pieces) {
			my $key = $piece->[0];
			next if !$wrong{$key} || $given_up{$key} || grep { $wrong{$_} } needed($strings{$key});
			my ($number, @want, @got) = (0, bodies($strings{$key}));
			@got = bodies($again->{$key});
			my $body = (grep { $want[$_] ne ($got[$_] // '') } 0 .. $#want)[0] // -1;
			$given_up{$key} = 1 if $body < 0 || $packed{$key}{$body}++;
			$piece->[1] =~ s{^(\t*\})}{$number++ == $body ? "$1 __attribute__((packed))" : $1}gme;
			$tried = 1;
		}
	} while $tried;
	my ($same, $other) = ([], []);
	push @{$again->{$_} eq $strings{$_} ? $same : $other}, $_ for (map { $_->[0] } @pieces), @symbols;
	return ($same, $other, scalar(keys %packed), \%strings, $again, {map { @$_ } @pieces, map { [$_ => $c->{$_}] } @symbols});
}

# Words: what is said of a change in C, in all. Objects are for 64 bits; `f` is the symbol that leads to struct s.
my $probe = eval { c_object('int x[sizeof(long) == 8 && sizeof(void *) == 8 ? 1 : -1];') };
my %said;
sub says {
	my ($name, $old, $new, $want, @options) = @_;
	my ($r, $causes) = compare($old, $new);
	my $got = join '', map { my $key = $_; map {"$key: $_\n"} split /\n/, $causes->{$key}[0] } sort keys %$causes;
	$said{$1} = 1 while $got =~ /\[([a-z-]+)\]$/mg;
	is($got, $want, $name) or diag($r->{out} . $r->{err});
	is($r->{status}, $want eq '' ? 0 : 1, '... its exit status') if $r->{status} ne ($want eq '' ? '0' : '1');
	# A rule for each of these kinds lets it pass, and not without the last.
	my @rules = map {"CHANGE $_ PASS\n"} sort keys %{{map { $_ => 1 } $got =~ /\[([a-z-]+)\]$/mg}};
	my @status = map { command('', $program, '-r', spew("$scratch/rules", join '', @$_), "$scratch/old", "$scratch/new")->{status} } \@rules, [@rules[0 .. $#rules - 1]];
	is("@status", @rules ? '0 1' : '0 0', '... which rules let pass') if "@status" ne (@rules ? '0 1' : '0 0');
	return $causes;
}
sub says_of_c {
	my ($name, $old, $new, $want, @options) = @_;
	my @symtypes = map { symtypes_of(c_object(/^---$/m ? $_ : "$_\n---\nint f(struct s *s) { return 0; }\n"), @options) } $old, $new;
	return says($name, @symtypes, join('', map {"$_\n"} @$want));
}
SKIP: {
	skip 'the compiler is not for 64 bits', 1 if !$probe;
	my $common = 'struct s { int a; char b; long c; };';
	for my $case (
		['nothing', $common, $common],
		['a member at the end', $common, 'struct s { int a; char b; long c; int *d; };', 's#s: the size changed from 16 to 24 [size]', "s#s: 'd' (int *d) was added at the end [member-added-at-end]"],
		['... and in front', $common, 'struct s { long d; int a; char b; long c; };', 's#s: the size changed from 16 to 24 [size]', "s#s: 'd' (long int d) was added [member-added]",
			"s#s: 3 members, 'a' to 'c', moved by 8 bytes [member-moved]"],
		['... and into padding', $common, 'struct s { int a; char b; char d; long c; };', "s#s: 'd' (char d) was added where nothing was [member-added-in-padding]"],
		['... at the end', 'struct s { long a; char b; };', 'struct s { long a; char b; char d; };', "s#s: 'd' (char d) was added where nothing was [member-added-in-padding]"],
		['not into padding: where another was', $common, 'struct s { int a; char d; long c; };', "s#s: 'b' is called 'd' now [member-renamed]"],
		['... that had another type', $common, 'struct s { int a; short d; long c; };', "s#s: 'b' (char b) was removed [member-removed]", "s#s: 'd' (short int d) was added [member-added]"],
		['... that became smaller', 'struct s { long a; long c; };', 'struct s { int a; int d; long c; };', "s#s: 'a' was 'long int a', is 'int a' [member-retyped]", "s#s: 'd' (int d) was added [member-added]"],
		['... and when the rest moved', 'struct s { int a; long c; };', 'struct s { int a; int d; char e; long c; };', 's#s: the size changed from 16 to 24 [size]',
			"s#s: 'd' (int d) was added [member-added]", "s#s: 'e' (char e) was added [member-added]", "s#s: 'c' moved by 8 bytes [member-moved]"],
		['... where the elements of an array at the end were', 'struct s { long a; int b; char d[0]; };', 'struct s { long a; int b; char d[0]; int x; };', "s#s: 'x' (int x) was added where elements of 'd' were [member-added]"],
		['... in a union', 'struct s { long a; int b; union { char d[0]; short e[0]; }; };', 'struct s { long a; int b; union { char d[0]; short e[0]; }; int x; };', "s#s: 'x' (int x) was added where elements of 'e' were [member-added]"],
		['... and the size is another', 'struct s { int b; const char d[0]; };', 'struct s { int b; const char d[0]; int x; };', 's#s: the size changed from 4 to 8 [size]', "s#s: 'x' (int x) was added where elements of 'd' were [member-added]"],
		['... which is only a mark, not at the end', 'struct s { long a; char d[0]; int b; };', 'struct s { long a; char d[0]; int b; int x; };', "s#s: 'x' (int x) was added where nothing was [member-added-in-padding]"],
		['an array without bounds, of which nothing was reserved', 'struct s { int n; };', 'struct s { int n; int d[]; };', "s#s: 'd' (int d[]) was added at the end [member-added-at-end]"],
		['not into padding: after what was the end', 'struct s { unsigned long a; };', 'struct s { struct { unsigned long a; char b; }; };', 's#s: the size changed from 8 to 16 [size]', "s#s: 'b' (char b) was added [member-added]", "s#s: 'a' is in a new struct now [member-wrapped]"],
		['a bit-field into unused bits', 'struct s { int a:3; long b; };', 'struct s { int a:3; int d:2; long b; };', "s#s: 'd' (int d:2) was added where nothing was [member-added-in-padding]"],
		['... its width', 'struct s { int a:3; int b:2; };', 'struct s { int a:4; int b:2; };', "s#s: 'a' was 'int a:3', is 'int a:4' [member-retyped]", "s#s: 'b' moved by 1 bit [member-moved]"],
		['a member is removed', $common, 'struct s { int a; char b; };', 's#s: the size changed from 16 to 8 [size]', "s#s: 'c' (long int c) was removed [member-removed]"],
		['... renamed', $common, 'struct s { int d; char b; long c; };', "s#s: 'a' is called 'd' now [member-renamed]"],
		['... and moved', 'struct s { int a; int b; };', 'struct s { long d; int a; int e; };', 's#s: the size changed from 8 to 16 [size]', "s#s: 'd' (long int d) was added [member-added]", "s#s: 'b' is called 'e' now [member-renamed]",
			"s#s: 2 members, 'a' to 'e', moved by 8 bytes [member-moved]"],
		['... and before what moved', 'struct s { int a; int b; };', 'struct s { long d; int e; int b; };', 's#s: the size changed from 8 to 16 [size]', "s#s: 'd' (long int d) was added [member-added]", "s#s: 'a' is called 'e' now [member-renamed]",
			"s#s: 2 members, 'e' to 'b', moved by 8 bytes [member-moved]"],
		['... retyped', $common, 'struct s { unsigned a; char b; long c; };', "s#s: 'a' was 'int a', is 'unsigned int a' [member-retyped]"],
		['a function\'s type', 'struct s { int (*open)(struct s *); };', 'struct s { int (*open)(struct s *, int); };', "s#s: 'open' was 'int (*open)(struct s *)', is 'int (*open)(struct s *, int)' [member-retyped]"],
		['only a qualifier', 'struct s { int *a; int b; int *c[2]; };', 'struct s { const int *a; volatile int b; int *const c[2]; };', "s#s: 'a' was 'int *a', is 'const int *a' [qualifier]", "s#s: 'b' was 'int b', is 'volatile int b' [qualifier]",
			"s#s: 'c' was 'int *c[2]', is 'int *const c[2]' [qualifier]"],
		['... of a structure in place', 'struct s { const struct { int a; } *p; };', 'struct s { struct { int a; } *p; };', "s#s: 'p' was 'const struct { ... } *p', is 'struct { ... } *p' [qualifier]"],
		['... but _Atomic', 'struct s { _Atomic int a; };', 'struct s { int a; };', "s#s: 'a' was '_Atomic int a', is 'int a' [member-retyped]"],
		['... and more', 'struct s { int *a; };', 'struct s { const long *a; };', "s#s: 'a' was 'int *a', is 'const long int *a' [member-retyped]"],
		['two members that changed places', 'struct s { int a; int b; };', 'struct s { int b; int a; };', "s#s: 'b' moved by -4 bytes [member-moved]", "s#s: 'a' moved by 4 bytes [member-moved]"],
		['a member of a union', 'union u { int a; }; struct s { union u *u; };', 'union u { int a; char b; }; struct s { union u *u; };', "u#u: 'b' (char b) was added to a union [union-member-added]"],
		['... that stands in place', 'struct s { union { int a; long b; } u; };', 'struct s { union { int a; long b; char c[16]; } u; };', 's#s: the size changed from 8 to 16 [size]', "s#s: 'u.c' (char c[16]) was added to a union [union-member-added]",
			"s#s: the size of 'u' changed from 8 to 16 [size]"],
		['... without a name', 'struct s { int a; union { int b; }; int c; };', 'struct s { int a; long d; union { int e; }; int c; };', 's#s: the size changed from 12 to 24 [size]', "s#s: 'd' (long int d) was added [member-added]",
			"s#s: 'b' is called 'e' now [member-renamed]", "s#s: 2 members, 'e' to 'c', moved by 12 bytes [member-moved]"],
		['a structure in place that came', 'struct s { int a; };', 'struct s { int a; struct { int x; int y; } b; };', 's#s: the size changed from 4 to 12 [size]', "s#s: 'b' (struct { ... } b) was added at the end [member-added-at-end]"],
		['... that grew', 'struct s { struct { int x; } b; };', 'struct s { struct { int x; int y; } b; };', 's#s: the size changed from 4 to 8 [size]', "s#s: 'b.y' (int y) was added at the end of 'b' [member-added-at-end]",
			"s#s: the size of 'b' changed from 4 to 8 [size]"],
		['... in place of an int', 'struct s { int b; };', 'struct s { struct { int x; } b; };', "s#s: 'b' was 'int b', is 'struct { ... } b' [member-retyped]"],
		['a structure in place, in a new one', 'struct s { int a; union { short b; int c; } u; };', 'struct s { int a; union { union { short b; int c; } u; } v; };', "s#s: 'u' is in a new union 'v' now [member-wrapped]"],
		['nameless ones that became one', 'struct s { struct { int a; }; struct { int b; }; };', 'struct s { struct { int a; int b; }; };', "s#s: 'b' is no longer in a struct [member-wrapped]", "s#s: the size of the nameless member at byte 0 changed from 4 to 8 [size]"],
		['room is reserved again', 'struct s { long a; long x; long e; };', 'struct s { long a; long rh_reserved1; long e; };', "s#s: 'x' was removed, its room is reserved as 'rh_reserved1' [member-removed]"],
		['bit-fields in reserved room', 'struct s { long a; unsigned rh_reserved1; };', 'struct s { long a; unsigned x:7; unsigned y:8; };', "s#s: 'x' (unsigned int x:7) was added where room was reserved [reserved-used]", "s#s: 'y' (unsigned int y:8) was added where room was reserved [reserved-used]"],
		['reserved bits are no room for what is beside them', 'struct s { int a:3; unsigned rh_reserved1:5; long e; };', 'struct s { int a:3; short n; long e; };', "s#s: 'rh_reserved1' (unsigned int rh_reserved1:5) was removed [member-removed]", "s#s: 'n' (short int n) was added [member-added]"],
		['reserved room', 'struct s { int a; unsigned long __kabi_reserved0; unsigned long __kabi_reserved1; };', 'struct s { int a; void *b; unsigned long __kabi_reserved1; };', "s#s: 'b' (void *b) was added where room was reserved [reserved-used]"],
		['... by the same type', 'struct s { int a; unsigned long __kabi_reserved0; };', 'struct s { int a; unsigned long b; };', "s#s: 'b' takes the room of '__kabi_reserved0' [reserved-used]"],
		(map { ["... called $_", "struct s { int a; unsigned long $_; };", 'struct s { int a; void *b; };', "s#s: 'b' (void *b) was added where room was reserved [reserved-used]"] } 'android_kabi_reserved1', 'rh_reserved1', 'suse_kabi_padding'),
		['... but not by any other name', 'struct s { int a; unsigned long reserved1; };', 'struct s { int a; void *b; };', "s#s: 'reserved1' (long unsigned int reserved1) was removed [member-removed]", "s#s: 'b' (void *b) was added [member-added]"],
		['... by two', 'struct s { int a; unsigned long __kabi_reserved0; };', 'struct s { int a; int b; int c; };', 's#s: the size changed from 16 to 12 [size]', "s#s: 'b' (int b) was added where nothing was [member-added-in-padding]",
			"s#s: 'c' (int c) was added where room was reserved [reserved-used]"],
		['... of a type whose name says its size', 'typedef unsigned long u64; struct s { long a; u64 kabi_reserved1; };', 'struct s { long a; int b; int c; };', "s#s: 'b' (int b) was added where room was reserved [reserved-used]",
			"s#s: 'c' (int c) was added where room was reserved [reserved-used]"],
		['... by members that are in a structure with it', 'typedef unsigned long u64; struct s { u64 kabi_reserved1; int a; };', 'typedef unsigned long u64; struct s { struct { u64 kabi_reserved1; int a; } f; };',
			"s#s: 2 members, 'kabi_reserved1' to 'a', are in a new struct 'f' now [member-wrapped]"],
		['... but not of any other type', 'typedef unsigned long t; struct s { long a; t kabi_reserved1; };', 'struct s { long a; void *b; };', "s#s: 'kabi_reserved1' (t kabi_reserved1) was removed [member-removed]", "s#s: 'b' (void *b) was added [member-added]"],
		['... by what is too large', 'struct s { long a; unsigned long __kabi_reserved0; };', 'struct s { long a; struct { long x; long y; } b; };', 's#s: the size changed from 16 to 24 [size]',
			"s#s: '__kabi_reserved0' (long unsigned int __kabi_reserved0) was removed [member-removed]", "s#s: 'b' (struct { ... } b) was added [member-added]"],
		['... in place of an int that a pointer leads to now', 'struct s { int a; long c; };', 'struct s { struct { int a; } *g; long c; };', "s#s: 'a' (int a) was removed [member-removed]",
			"s#s: 'g' (struct { ... } *g) was added [member-added]"],
		# What stood in no structure or union, and does now
		['members that are in a structure now', 'struct s { int a; int b; long c; };', 'struct s { struct { int a; int b; }; long c; };', "s#s: 2 members, 'a' to 'b', are in a new struct now [member-wrapped]"],
		['... with a name', 'struct s { int a; int b; long c; };', 'struct s { struct { int a; int b; } g; long c; };', "s#s: 2 members, 'a' to 'b', are in a new struct 'g' now [member-wrapped]"],
		['... in none any more', 'struct s { int a; struct { int b; int c; }; long d; };', 'struct s { int a; int b; int c; long d; };', "s#s: 2 members, 'b' to 'c', are no longer in a struct [member-wrapped]"],
		['... that had a name', 'struct s { struct { int a; long b; } g; long c; };', 'struct s { int a; long c; };', 's#s: the size changed from 24 to 16 [size]', "s#s: 'g.b' (long int b) was removed [member-removed]",
			"s#s: 'g.a' is no longer in a struct 'g' [member-wrapped]", "s#s: 'c' moved by -8 bytes [member-moved]"],
		['... in an array', 'struct s { struct { int a; } g[2]; };', 'struct s { int a; int b; };', "s#s: 'g' (struct { ... } g[2]) was removed [member-removed]", "s#s: 'b' (int b) was added [member-added]"],
		['... with a new one', 'struct s { char a; long c; };', 'struct s { struct { char a; char b; }; long c; };', "s#s: 'b' (char b) was added where nothing was [member-added-in-padding]", "s#s: 'a' is in a new struct now [member-wrapped]"],
		['... in a union', 'struct s { int a; int b; long c; };', 'struct s { int a; union { int b; char d; }; long c; };', "s#s: 'd' (char d) was added to a union [union-member-added]", "s#s: 'b' is in a new union now [member-wrapped]"],
		['... in a structure in it, as struct_group() has it', 'struct s { int a; int b; long c; };', 'struct s { union { struct { int a; int b; }; struct { int a; int b; } g; }; long c; };', "s#s: 'g' (struct { ... } g) was added to a union [union-member-added]",
			"s#s: 2 members, 'a' to 'b', are in a new union now [member-wrapped]"],
		['... and in no union any more', 'struct s { union { int b; char d; }; long c; };', 'struct s { int b; long c; };', "s#s: 'd' (char d) was removed [member-removed]", "s#s: 'b' is no longer in a union [member-wrapped]"],
		['... in another one', 'struct s { union { int b; char d; }; union { int a; char e; }; };', 'struct s { union { int b; char e; }; union { int a; char d; }; };', "s#s: 'b' is part of another type now [other]", "s#s: 'a' is part of another type now [other]",
			"s#s: 'e' moved by -4 bytes [member-moved]", "s#s: 'd' moved by 4 bytes [member-moved]"],
		['structures in place that moved', 'struct s { int a; struct { int b; int d; } g; struct { int x; } *p; struct { int y; int z; }; long c; };', 'struct s { long n; int a; struct { int b; int d; } g; struct { int x; } *p; struct { int y; int z; }; long c; };',
			's#s: the size changed from 40 to 48 [size]', "s#s: 'n' (long int n) was added [member-added]", "s#s: 6 members, 'a' to 'c', moved by 8 bytes [member-moved]"],
		['room and what uses it in a union', 'struct s { int a; unsigned long kabi_reserved1; unsigned long kabi_reserved2; };', 'struct s { int a; union { unsigned long kabi_reserved1; void *b; }; unsigned long kabi_reserved2; };',
			"s#s: 'b' (void *b) was added where room was reserved [reserved-used]", "s#s: 'kabi_reserved1' is in a new union now [reserved-used]"],
		['... of the same type, and the room in a structure', 'struct s { unsigned long kabi_reserved1; };', 'struct s { union { unsigned long b; struct { unsigned long kabi_reserved1; } hidden; }; };',
			"s#s: 'b' (long unsigned int b) was added where room was reserved [reserved-used]", "s#s: 'kabi_reserved1' is in a new union now [reserved-used]"],
		['... which is too large', 'struct s { int kabi_reserved1; long c; };', 'struct s { union { int kabi_reserved1; long b; }; long c; };', "s#s: 'b' (long int b) was added to a union [union-member-added]", "s#s: 'kabi_reserved1' is in a new union now [member-wrapped]"],
		['a structure in place that was renamed', 'struct s { struct { int a; long c; } u; };', 'struct s { struct { int a; long c; } v; };', "s#s: 'u' is called 'v' now [member-renamed]"],
		['... in which something changed', 'struct s { struct { int a; long c; } u; };', 'struct s { struct { int a; int b; long c; } v; };', "s#s: 'b' (int b) was added where nothing was [member-added-in-padding]" =~ s/'b'/'v.b'/r, "s#s: 'u' is called 'v' now [member-renamed]"],
		['... behind a pointer, which grew', 'struct s { struct { int a; } *p; };', 'struct s { struct { int a; int b; } *p; };', "s#s: 'p.b' (int b) was added at the end of 'p' [member-added-at-end]", "s#s: the size of what 'p' points to changed from 4 to 8 [size]"],
		['... in an array', 'struct s { struct { int a; } p[3]; };', 'struct s { struct { int a; int b; } p[3]; };', 's#s: the size changed from 12 to 24 [size]', "s#s: 'p.b' (int b) was added at the end of 'p' [member-added-at-end]",
			"s#s: the size of an element of 'p' changed from 4 to 8 [size]"],
		['... that became a union', 'struct s { struct { int b; int d; } g; long c; };', 'struct s { union { int b; int d; } g; long c; };', "s#s: the size of 'g' changed from 8 to 4 [size]",
			"s#s: 'g' was 'struct { ... } g', is 'union { ... } g' [member-retyped]", "s#s: 'g.d' moved by -4 bytes [member-moved]"],
		['a bit-field that is none any more', 'struct s { unsigned a:3; };', 'struct s { unsigned a; };', "s#s: 'a' was 'unsigned int a:3', is 'unsigned int a' [member-retyped]"],
		['... that is another one', 'struct s { struct { int a; } u; };', 'struct s { struct { long b; } v; };', 's#s: the size changed from 4 to 8 [size]', "s#s: 'u' (struct { ... } u) was removed [member-removed]", "s#s: 'v' (struct { ... } v) was added [member-added]"],
		['an enumerator at the end', 'enum e { A, B }; struct s { enum e e; };', 'enum e { A, B, C }; struct s { enum e e; };', "e#e: 'C' (C = 2) was added at the end [enumerator-added-at-end]"],
		['... in the middle', 'enum e { A, B, N }; struct s { enum e e; };', 'enum e { A, C, B, N }; struct s { enum e e; };', "e#e: 'C' (C = 1) was added [enumerator-added]", "e#e: 2 enumerators, 'B' to 'N', changed by 1 [enumerator-value]"],
		['... removed', 'enum e { A = -1, B }; struct s { enum e e; };', 'enum e { B }; struct s { enum e e; };', "e#e: 'A' (A = -1) was removed [enumerator-removed]"],
		['... renamed', 'enum e { A, B }; struct s { enum e e; };', 'enum e { A, C }; struct s { enum e e; };', "e#e: 'B' is called 'C' now [enumerator-renamed]"],
		['... of another value', 'enum e { A, B }; struct s { enum e e; };', 'enum e { A, B = -1 }; struct s { enum e e; };', "e#e: 'B' changed by -2 [enumerator-value]"],
		['... of 64 bits, which may be negative or not', 'enum e { A = 1, B = 0xffffffffffffffff }; struct s { enum e e; };', 'enum e { A = 1, B = 0xfffffffffffffff0, C = 0xfffffffffffffff8 }; struct s { enum e e; };',
			"e#e: 'C' (C = 18446744073709551608) was added at the end [enumerator-added-at-end]", "e#e: 'B' changed by -15 [enumerator-value]"],
		['... in place', 'struct s { enum { A } e; };', 'struct s { enum { A, B } e; };', "s#s: 'B' (B = 1) was added at the end of 'e' [enumerator-added-at-end]"],
		['a typedef', 'typedef int t; struct s { t a; };', 'typedef unsigned t; struct s { t a; };', "t#t: it was 'typedef int t', is 'typedef unsigned int t' [typedef-retargeted]"],
		['... of a structure without a name', 'typedef struct { int a; } t; struct s { t a; };', 'typedef struct { int a; int b; } t; struct s { t a; };', 's#s: the size changed from 4 to 8 [size]', 't#t: its size changed from 4 to 8 [size]',
			"t#t: 'b' (int b) was added at the end [member-added-at-end]"],
		['... of a pointer to one', 'typedef struct { int a; } *t; struct s { t a; };', 'typedef struct { int a; int b; } *t; struct s { t a; };', 't#t: the size of what it points to changed from 4 to 8 [size]', "t#t: 'b' (int b) was added at the end [member-added-at-end]"],
		['a definition', 'struct o; struct s { struct o *o; };', 'struct o { int a; }; struct s { struct o *o; };', 's#o: it was only declared, and is defined [defined]'],
		['... that is gone', 'struct o { int a; }; struct s { struct o *o; };', 'struct o; struct s { struct o *o; };', 's#o: it was defined, and is only declared (or is defined in a .c file now) [declared]'],
		['a type that was not led to is no change', 'struct o { int a; }; struct s { int a; };', 'struct o { int a; }; struct s { struct o a; };', "s#s: 'a' was 'int a', is 'struct o a' [member-retyped]"],
		['... and the other way round', 'struct o { int a; }; struct s { struct o a; };', 'struct o { int a; }; struct s { int a; };', "s#s: 'a' was 'struct o a', is 'int a' [member-retyped]"],
		['... into padding', $common, 'struct o { int a; }; struct p { struct o *o; }; struct s { int a; char b; struct p d[0]; long c; };', "s#s: 'd' (struct p d[0]) was added where nothing was [member-added-in-padding]"],
		['a parameter at the end', "---\nint f(int a) { return 0; }", "---\nint f(int a, long b) { return 0; }", 'f: parameter 2 (long int b) was added at the end [parameter-added-at-end]'],
		['... in front', "---\nint f(int a, int b) { return 0; }", "---\nint f(long c, int a, int b) { return 0; }", 'f: parameter 1 (long int c) was added [parameter-added]', "f: 2 parameters, 'a' to 'b', were 1 to 2, are 2 to 3 [parameter-moved]"],
		['... removed', "---\nint f(int a, long b) { return 0; }", "---\nint f(long b) { return 0; }", 'f: parameter 1 (int a) was removed [parameter-removed]', "f: 'b' was parameter 2, is 1 [parameter-moved]"],
		['... that changed places', "---\nint f(int a, long b) { return 0; }", "---\nint f(long b, int a) { return 0; }", "f: 'b' was parameter 2, is 1 [parameter-moved]", "f: 'a' was parameter 1, is 2 [parameter-moved]"],
		['... renamed', "---\nint f(int a) { return 0; }", "---\nint f(int b) { return 0; }", "f: parameter 1 is called 'b' now [parameter-renamed]"],
		['... retyped', "---\nint f(int a) { return 0; }", "---\nint f(long a) { return 0; }", "f: parameter 1 was 'int a', is 'long int a' [parameter-retyped]"],
		['... both', "---\nint f(int a) { return 0; }", "---\nint f(long b) { return 0; }", "f: parameter 1 is called 'b' now [parameter-renamed]", "f: parameter 1 was 'int a', is 'long int b' [parameter-retyped]"],
		['... const', "---\nint f(char *a) { return 0; }", "---\nint f(const char *a) { return 0; }", "f: parameter 1 was 'char *a', is 'const char *a' [qualifier]"],
		['a result', "---\nint f(void) { return 0; }", "---\nvoid *f(void) { return 0; }", "f: the result was 'int', is 'void *' [result]"],
		['... const', "---\nchar *f(void) { return 0; }", "---\nconst char *f(void) { return 0; }", "f: the result was 'char *', is 'const char *' [qualifier]"],
		['a variable', "---\nint f[2];", "---\nint f[3];", "f: it was 'int f[2]', is 'int f[3]' [variable-retyped]"],
		['a function that became a variable', "---\nint f;", "---\nint f(void) { return 0; }", "f: this can't be said in words [other]"],
	) {
		my ($name, $old, $new, @want) = @$case;
		says_of_c($name, $old, $new, \@want);
	}
	# Without names, as --canonical shows parameters
	says_of_c('variadic', "---\nint f(int a) { return 0; }", "---\nint f(int a, ...) { return 0; }", ['f: it takes any further arguments [variadic]'], '--canonical');
	says_of_c('... no more', "---\nint f(int a, ...) { return 0; }", "---\nint f(int a) { return 0; }", ['f: it takes no further arguments [variadic]'], '--canonical');
	says_of_c('a parameter without a name', "---\nint f(char *s, int a) { return 0; }", "---\nint f(char *s, long b, int a) { return 0; }",
		['f: parameter 2 (long) was added [parameter-added]', "f: 'int' was parameter 2, is 3 [parameter-moved]"], '--canonical');
	my ($r) = compare(map { symtypes_of(c_object("typedef struct { int a; char c; }$_ t;\n---\nint f(t *t) { return 0; }\n")) } '', ' __attribute__((packed))');
	like($r->{out}, qr{^ \} t; /\* size: 8 -> 5 \*/$}m, 'the size of a structure without a name stands with the typedef that it has') or diag($r->{out});
	# With --stable, reserved room has no name
	says_of_c('reserved room without a name', 'struct s { long a; unsigned long __kabi_reserved0; unsigned long __kabi_reserved1; };', 'struct s { long a; void *b; unsigned long __kabi_reserved1; };',
		["s#s: 'b' (void *b) was added where room was reserved [reserved-used]"], '--stable');
}

# What compilers for C don't show, or hardly
my ($int, $long, $u8, $u32) = map {"base_type $_"} 'int byte_size(4) encoding(5)', 'long int byte_size(8) encoding(5)', 'u8 byte_size(1) encoding(7)', 'u32 byte_size(4) encoding(7)';
sub of_s { return map {"f variable pointer_type { s#s } byte_size(8)\ns#s structure_type s { $_ } byte_size(8)\n"} @_ }
sub variants { return join ' , ', map { my ($name, $type, $value) = @$_; "variant { member $type $name data_member_location(0) }" . (defined $value ? " discr_value($value)" : '') } @_ }
sub enum_of { return "variant_part { member $u8 data_member_location(0) , " . variants(@_) . ' }' }
says('a type of the same name in C', of_s("member $int a data_member_location(0)", "member base_type int byte_size(8) encoding(5) a data_member_location(0)"),
	"s#s: 'a' is 'int a' as before, but was '$int', is 'base_type int byte_size(8) encoding(5)' [member-retyped]\n");
says('accessibility', of_s("member $int a accessibility(1) data_member_location(0)", "member $int a accessibility(3) data_member_location(0)"),
	"s#s: 'a' was '$int a accessibility(1) data_member_location(0)', is '$int a accessibility(3) data_member_location(0)' [other]\n" =~ s/'base/'member base/gr);
my $aligned = 'struct s { int a; char b; long c; } __attribute__((aligned(16)));';
SKIP: {
	skip 'the compiler does not say how types are aligned', 1 if !$probe || symtypes_of(c_object("$aligned\n---\nint f(struct s *s) { return 0; }\n")) !~ /alignment\(16\)/; # gcc for riscv64
	says_of_c('alignment', $aligned =~ s/ __attribute.*/;/r, $aligned, ['s#s: the alignment changed from none to 16 [alignment]']);
}
says('... in strings', (map {"f variable pointer_type { s#s } byte_size(8)\ns#s structure_type s { member $int a data_member_location(0) } byte_size(16)$_\n"} '', ' alignment(16)'), "s#s: the alignment changed from none to 16 [alignment]\n");
# In DWARF 4, where a bit-field is in its word isn't said.
my ($bits, $bit) = map { my $width = $_; sub { "member $int $_[0] bit_size($width) data_member_location(0)" } } 3, 1;
says('a bit-field that may move others', of_s($bit->('a') . ' , ' . $bit->('b')), of_s($bit->('a') . ' , ' . $bit->('n') . ' , ' . $bit->('b')), "s#s: 'n' (int n:1) was added [member-added]\n");
says('... in room that was reserved, it may be', of_s($bit->('a') . ' , ' . $bit->('rh_reserved1')), of_s($bit->('a') . ' , ' . $bits->('n')),
	"s#s: 'rh_reserved1' (int rh_reserved1:1) was removed [member-removed]\ns#s: 'n' (int n:3) was added [member-added]\n");
says('a nameless member whose place is not said', of_s("member union_type { member $int a } byte_size(4)"), of_s("member union_type { member $int a , member $int b } byte_size(8)"),
	"s#s: 'b' (int b) was added to a union [union-member-added]\ns#s: the size of a nameless member changed from 4 to 8 [size]\n");
says('another order', of_s("member $int a data_member_location(0) , member $int b data_member_location(4)", "member $int b data_member_location(4) , member $int a data_member_location(0)"), "s#s: its items stand in another order [other]\n");
# What no other finding says is said beside them, so that rules for those let nothing else pass.
sub whole { return map {"f variable pointer_type { s#s } byte_size(8)\ns#s structure_type s { $_->[0] } byte_size($_->[1])\n"} @_ }
my $inner = 'structure_type { member base_type long int byte_size(8) encoding(5) y data_member_location(0) } byte_size(8)';
says('alignment of a structure in place, and a pointer to it that became it', whole(["member pointer_type { $inner alignment(8) } byte_size(8) x data_member_location(0)", 16], ["member $inner alignment(16) x data_member_location(0)", 16]),
	"s#s: the alignment of 'x' changed from 8 to 16 [alignment]\ns#s: 'x' was 'struct { ... } __aligned(8) *x', is 'struct { ... } __aligned(16) x' [member-retyped]\n");
says('... of a pointer, which became one to const', whole(["member pointer_type { $int } byte_size(8) alignment(8) x data_member_location(0)", 16], ["member pointer_type { const_type { $int } } byte_size(8) x data_member_location(0)", 16]),
	"s#s: 'x' was 'int *__aligned(8) x', is 'const int *x' [member-retyped]\n");
says('a member without a name of another type than reserved room', map({"f variable s#s\ns#s structure_type s { $_ } byte_size(16)\nt#pair typedef_type pair { structure_type { member $int b , member $int c } byte_size(8) }\n"}
	"member $int a data_member_location(0) , member t#pair data_member_location(8)", "member $int a data_member_location(0) , member $int b data_member_location(8) , member pointer_type { t#pair } p data_member_location(16)"),
	"s#s: the nameless member at byte 8 (pair) was removed [member-removed]\ns#s: 'b' (int b) was added [member-added]\ns#s: 'p' (pair *p) was added [member-added]\n");
says('... alone', whole(["member $inner alignment(8) x data_member_location(0)", 16], ["member $inner alignment(16) x data_member_location(0)", 16]), "s#s: the alignment of 'x' changed from 8 to 16 [alignment]\n");
says('a structure in place that became a union', whole(["member $inner alignment(8) x data_member_location(0)", 16], ["member @{[$inner =~ s/structure/union/r]} alignment(16) x data_member_location(0)", 16]),
	"s#s: the alignment of 'x' changed from 8 to 16 [alignment]\ns#s: 'x' was 'struct { ... } __aligned(8) x', is 'union { ... } __aligned(16) x' [member-retyped]\n");
says('... an array of them', whole(["member array_type[2] { $inner alignment(8) } x data_member_location(0)", 16], ["member array_type[3] { $inner alignment(16) } x data_member_location(0)", 16]),
	"s#s: the alignment of an element of 'x' changed from 8 to 16 [alignment]\ns#s: 'x' was 'struct { ... } __aligned(8) x[2]', is 'struct { ... } __aligned(16) x[3]' [member-retyped]\n");
says('accessibility of what moved', whole(["member $int a accessibility(1) data_member_location(0)", 8], ["member $int a accessibility(3) data_member_location(4)", 8]),
	"s#s: 'a' was 'member $int a accessibility(1) data_member_location(0)', is 'member $int a accessibility(3) data_member_location(4)' [other]\ns#s: 'a' moved by 4 bytes [member-moved]\n");
says('... of a structure in place, and a size', whole(["member $inner x accessibility(1) data_member_location(0)", 8], ["member $inner x accessibility(3) data_member_location(0)", 16]),
	"s#s: the size changed from 8 to 16 [size]\ns#s: 'x' was 'member $inner x accessibility(1) data_member_location(0)', is 'member $inner x accessibility(3) data_member_location(0)' [other]\n");
says('members of a union in another order, and a size', (map {s/structure_type/union_type/r} whole(["member $int a , member $int b", 4], ["member $int b , member $int a", 8])),
	"s#s: the size changed from 4 to 8 [size]\ns#s: its items stand in another order [other]\n");
says('a place that is not said any more, and a size', whole(["member $int a data_member_location(0)", 4], ["member $int a", 8]),
	"s#s: the size changed from 4 to 8 [size]\ns#s: 'a' was 'member $int a data_member_location(0)', is 'member $int a' [other]\n");
says('the place of what a variant holds, and its type', of_s("variant_part { member $u8 data_member_location(0) , variant { member $u8 A data_member_location(1) } discr_value(0) }", "variant_part { member $u8 data_member_location(0) , variant { member $u32 A data_member_location(4) } discr_value(0) }"),
	"s#s: variant 'A' was 'A(u8) = 0', is 'A(u32) = 0' [variant-retyped]\ns#s: variant 'A' was 'variant { member $u8 A data_member_location(1) } discr_value(0)', is 'variant { member $u32 A data_member_location(4) } discr_value(0)' [other]\n");
says('a variant of Rust', of_s(enum_of(['A', $u8, 0], ['B', $u8]), enum_of(['A', $u8, 0], ['C', $u32, 1], ['B', $u8])), "s#s: variant 'C' (C(u32) = 1) was added [variant-added]\n");
says('... removed', of_s(enum_of(['A', $u8, 0], ['B', $u8]), enum_of(['B', $u8])), "s#s: variant 'A' (A(u8) = 0) was removed [variant-removed]\n");
says('... renamed', of_s(enum_of(['A', $u8, 0]), enum_of(['B', $u8, 0])), "s#s: variant 'A' is called 'B' now [variant-renamed]\n");
says('... retyped', of_s(enum_of(['A', $u8, 0]), enum_of(['A', $u32, 0])), "s#s: variant 'A' was 'A(u8) = 0', is 'A(u32) = 0' [variant-retyped]\n");
says('... with another discriminant', of_s(enum_of(['A', $u8, 0]), enum_of(['A', $u8, 1])), "s#s: variant 'A' changed by 1 [variant-value]\n");
says('... and of another type', of_s(enum_of(['A', $u8, 0]), enum_of(['A', $u8, 0]) =~ s/u8 byte_size\(1\)/u16 byte_size(2)/r), 
	"s#s: the discriminant was 'u8 discriminant', is 'u16 discriminant' [member-retyped]\n");
my ($words) = slurp("$tests/../compare/words.c") =~ /change_types\[\] = \{\n(.*?)\n\};/s;
my @kinds = $words =~ /\{ "([a-z-]+)",/g;
SKIP: {
	skip 'the compiler is not for 64 bits', 1 if !$probe;
	is(join(' ', grep { !$said{$_} } @kinds), 'symbol-added symbol-removed export-gpl-only export-namespace export-module export-removed export-for-all export-no-namespace', 'each kind of change is said above, but of symbols (severity.t)');
}
is(join(' ', grep { my $kind = $_; !grep { $_ eq $kind } @kinds } sort keys %said), '', '... and no other');
my ($page) = slurp("$tests/../doc/kabi-compare.1") =~ s/\\-/-/gr =~ /^\.SH KINDS OF CHANGES\n(.*?)^\.SH/ms;
is(join("\n", $page =~ /^\.B (\S+)\n\S.*\.$/mg), join("\n", @kinds), '... and the man page has them all');
is(join("\n", $page =~ /^\.B (\S+)\n\S.*; it passes if no rule says otherwise\.$/mg), join("\n", $words =~ /\{ "([a-z-]+)", true \}/g), '... and says which of them pass');

# C: pieces, to the letter
sub c_is { my ($string, $want) = @_; return is(rendered("x $string\n")->{x}, "$want\n", "C: $want") }
for my $case (
	['variable base_type int byte_size(4)', 'int x;'],
	['variable pointer_type { const_type { pointer_type { base_type void } } }', 'void *const *x;'],
	['variable const_type { volatile_type { pointer_type { const_type { base_type char byte_size(1) } } } }', 'const char *const volatile x;'],
	['variable array_type[2][3] { pointer_type { base_type int byte_size(4) } }', 'int *x[2][3];'],
	['variable pointer_type { array_type[2][3] { base_type int byte_size(4) } }', 'int (*x)[2][3];'],
	['variable pointer_type { const_type { array_type[] { const_type { base_type int byte_size(4) } } } }', 'const int (*x)[];'],
	['variable array_type[4] { pointer_type { subroutine_type ( ) -> pointer_type { subroutine_type ( formal_parameter base_type int byte_size(4) a ) -> base_type void } } }', 'void (*(*x[4])(void))(int a);'],
	['variable pointer_type { pointer_type { subroutine_type ( formal_parameter pointer_type { subroutine_type ( ) -> base_type void } , formal_parameter base_type char byte_size(1) ) -> pointer_type { array_type[3] { base_type int byte_size(4) } } } }',
		'int (*(**x)(void (*)(void), char))[3];'],
	['variable pointer_type { volatile_type { subroutine_type ( ) -> base_type void } }', 'void (*x)(void) volatile;'],
	['variable array_type GNU_vector[4] { base_type float byte_size(4) }', 'float x GNU_vector[4];'],
	['variable base_type int byte_size(4) encoding(5) alignment(16)', 'int __aligned(16) x;'],
	['variable reference_type { rvalue_reference_type { class_type a { } } }', 'class a &&&x;'],
	['canonical(2) subprogram ( formal_parameter base_type int byte_size(4) , unspecified_parameters ) -> base_type void', 'void x(int, ...);'],
	['canonical(2) subprogram ( unspecified_parameters ) -> base_type void', 'void x();'],
	['subprogram ( formal_parameter base_type int byte_size(4)formal_parameter pointer_type { base_type char byte_size(1) }formal_parameter base_type int byte_size(4) nameformal_parameter base_type int byte_size(4) ) -> base_type void',
		'void x(int, char *, int name, int);'],
	['subprogram ( formal_parameter enumeration_type { enumerator A = 0 } byte_size(4) a ) -> base_type void', 'void x(enum { ... } a);'],
	['variable structure_type { member base_type int byte_size(2305843009213693952) a bit_size(3) data_bit_offset(37) }', "struct {\n\tint a:3; /* 4:5 */\n} x;"],
	["variable structure_type { member base_type int byte_size(4) a bit_size(3) data_bit_offset(37) , member union_type { member structure_type a { } byte_size(8) b , member base_type int byte_size(4) c bit_size(1) data_member_location(0) } data_member_location(8) } byte_size(8)",
		"struct {\n\tint a:3; /* 4:5 */\n\tunion {\n\t\tstruct a {\n\t\t} b; /* 8, 8 */\n\t\tint c:1;\n\t}; /* 8 */\n} x;"],
	['variable structure_type { member base_type int byte_size(4) a , member structure_type { member base_type int byte_size(4) b data_member_location(4) } c , member pointer_type { structure_type { member base_type int byte_size(4) b data_member_location(4) } } d data_member_location(16) }',
		"struct {\n\tint a;\n\tstruct {\n\t\tint b;\n\t} c;\n\tstruct {\n\t\tint b; /* 4, 4 */\n\t} *d; /* 16 */\n} x;"],
) {
	c_is(@$case);
}
my %c = %{rendered("e#e enumeration_type e { enumerator A = 18446744073709551615 , enumerator B , enumerator C = 0xffeeddccbbaa99887766554433221100 } byte_size(16) alignment(16)\nt#t typedef_type t { e#e } alignment(8)\nx variable pointer_type { t#t }\n")};
is($c{'t#t'}, "typedef enum e t __aligned(8);\n", 'a typedef');
is($c{'e#e'}, "enum e {\n\tA = 18446744073709551615,\n\tB,\n\tC = 0xffeeddccbbaa99887766554433221100,\n} __aligned(16); /* size: 16 */\n", 'values of enumerators');
%c = %{rendered("s#'a::S<u8, 2>' structure_type a::S<u8, 2> { " . enum_of(['None', "s#'a::S<u8, 2>::None'", 9223372036854775808], ['Some', "s#'a::S<u8, 2>::Some'"])
	. " } byte_size(8) alignment(8)\ns#'a::S<u8, 2>::None' structure_type a::S<u8, 2>::None { } byte_size(8) alignment(8)\ns#'a::S<u8, 2>::Some' structure_type a::S<u8, 2>::Some { member pointer_type &mut [u8] { $u8 } __0 data_member_location(0) } byte_size(8)\nx variable pointer_type { s#'a::S<u8, 2>' }\n")};
is($c{"s#'a::S<u8, 2>'"}, "enum a::S<u8, 2> {\n\tu8 discriminant; /* 0, 1 */\n\tNone(a::S<u8, 2>::None) = 9223372036854775808,\n\tSome(a::S<u8, 2>::Some),\n} __aligned(8); /* size: 8 */\n", 'an enum of Rust');
is($c{"s#'a::S<u8, 2>::Some'"}, "struct a::S<u8, 2>::Some {\n\t&mut [u8] __0; /* 0 */\n}; /* size: 8 */\n", '... and a structure');
is($c{x}, "a::S<u8, 2> *x;\n", '... by its name');

# Places of bit-fields, as byte and bit
{
	my @bits = of_s("member $int a bit_size(1) data_bit_offset(32) , member $int b bit_size(1) data_bit_offset(40)", "member $int a bit_size(1) data_bit_offset(1) , member $int b bit_size(1) data_bit_offset(41)");
	like((compare(@bits))[1]{'s#s'}[1], qr{^ \tint a:1; /\* 4:0 -> 0:1 \*/\n \tint b:1; /\* 5:0 -> 5:1 \*/\n}m, 'bit-fields that moved');
}

# The diff: members that moved are there once, and by as much as the one before they make no hunk
sub diff_of_s { my @lists = @_; return (compare(map {"f variable s#s\ns#s structure_type s { $_)\n"} @lists))[1]{'s#s'}[1] }
sub members { my $at = 0; return join ' , ', map { my ($name, $gap) = /(\w+)(\+1)?/; $at += 4 if $gap; $at += 4; "member $int $name data_member_location(" . ($at - 4) . ')' } @_ }
is(diff_of_s(members('a' .. 'z') . ' } byte_size(104', members('a' .. 'c', 'new', 'd' .. 'q', 'r+1', 's' .. 'z') . ' } byte_size(112'), <<'END', 'a member in the middle, and padding later');
@@ -2,7 +2,8 @@
 	int a; /* 0, 4 */
 	int b; /* 4, 4 */
 	int c; /* 8, 4 */
+	int new; /* 12, 4 */
 	int d; /* 12 -> 16, 4 */
 	int e; /* 16 -> 20, 4 */
 	int f; /* 20 -> 24, 4 */
 	int g; /* 24 -> 28, 4 */
@@ -16,7 +17,7 @@
 	int o; /* 56 -> 60, 4 */
 	int p; /* 60 -> 64, 4 */
 	int q; /* 64 -> 68, 4 */
 	int r; /* 68 -> 76, 4 */
 	int s; /* 72 -> 80, 4 */
 	int t; /* 76 -> 84, 4 */
 	int u; /* 80 -> 88, 4 */
@@ -25,4 +26,4 @@
 	int x; /* 92 -> 100, 4 */
 	int y; /* 96 -> 104, 4 */
 	int z; /* 100 -> 108, 4 */
 }; /* size: 104 -> 112 */
END
SKIP: {
	my $seen = on_terminal('', $program, "$scratch/old", "$scratch/new") // skip 'no terminals', 1;
	like($seen, qr/\e\[32m\+\tint new.*\e\[m\r?\n\e\[33m \tint d; .* 12 -> 16, 4 .*\e\[m\r?\n \tint e.*\n(?:.*\n)*\e\[33m \tint r.*\n \tint s/, '... in colours');
}

# What can't be parsed, or is the same in C, is shown as it stands
sub nested { my ($levels, $end) = @_; return 'pointer_type { ' x $levels . "base_type $end byte_size(4)" . ' }' x $levels }
for my $case (["genksyms' strings", 'struct s { int a ; }', 'struct s { int b ; }', " struct s {\n-  int a\n+  int b\n }\n"],
	['one of the two', 'structure_type s { member base_type int byte_size(4) a data_member_location(0) } byte_size(4)', 'struct s { int a ; }',
		"-structure_type s {\n-  member base_type int byte_size(4) a data_member_location(0)\n-} byte_size(4)\n+struct s {\n+  int a\n+}\n"],
	['no end', 'structure_type s { member base_type int byte_size(4) a , ', 'structure_type s { member base_type int byte_size(4) b , ', qr/^ structure_type s \{\n-  member .* a\n\+  member .* b\n\z/],
	['another reference', 'structure_type s { member v#a a }', 'structure_type s { member v#b a }', " structure_type s {\n-  member v#a a\n+  member v#b a\n }\n"],
	['another tag', 'structure_type s { member packed_type { base_type int byte_size(4) } a }', 'structure_type s { member packed_type { base_type long byte_size(4) } a }', qr/^-  member packed_type .*\n\+  member packed_type /m],
	['types inside of each other, too many', nested(1000, 'int'), nested(1000, 'long'), qr/^-  pointer_type \{ /m],
	["an attribute that isn't known", "structure_type s { member $int endianity(1) a data_member_location(0) } byte_size(4)", "structure_type s { member $int endianity(2) a data_member_location(0) } byte_size(4)",
		" structure_type s {\n-  member $int endianity(1) a data_member_location(0)\n+  member $int endianity(2) a data_member_location(0)\n } byte_size(4)\n"],
	["an attribute that C hasn't got", "structure_type s { member $int a accessibility(1) data_member_location(0) } byte_size(4)", "structure_type s { member $int a data_member_location(0) } byte_size(4)",
		" structure_type s {\n-  member $int a accessibility(1) data_member_location(0)\n+  member $int a data_member_location(0)\n } byte_size(4)\n"]) {
	my ($name, $old, $new, $want) = @$case;
	my ($r, $causes) = compare("f variable s#s\ns#s $old\n", "f variable s#s\ns#s $new\n");
	my $got = ($causes->{'s#s'}[1] // '') =~ s/^\@\@.*\n//mgr;
	ref $want ? like($got, $want, "as it stands: $name") : is($got, $want, "as it stands: $name");
	like($causes->{'s#s'}[0], qr/\[other\]\n\z/, '... [other]');
}
like(rendered('x variable ' . nested(200, 'int') . "\n")->{x}, qr/^int \*{200}x;$/, 'types inside of each other, not too many');

# All of the golden cases is seen as C, but what a rule of theirs makes up
sub fallbacks { my ($c) = @_; return grep { $c->{$_} =~ /^\s*(?:subprogram|variable|(?:[a-z_]+_type)|member|enumerator|formal_parameter)\b/m } sort keys %$c }
{
	my ($types, @fallbacks) = 0;
	for my $case (glob("$tests/model/golden/*")) {
		my $read = sub { return slurp("$case/$_[0]") // command('', 'xz', '-dc', "$case/$_[0].xz")->{out} };
		spew("$scratch/in.o", $read->('in.o'));
		for my $text ($read->('out.symtypes'), run($read->('in.syms'), ['--canonical'], "$scratch/in.o")->{symtypes}) {
			my $c = rendered($text);
			$types += keys %$c;
			push @fallbacks, map { my $key = $_; $text =~ /^\Q$key\E (.*)/m; "$case: $key $1" } fallbacks($c);
		}
	}
	is(join("\n", grep { !/structure_type Zz \{ base_type int byte_size\(4\) \}$/ } @fallbacks), '', 'golden cases: all can be parsed');
	cmp_ok($types, '>', 1500, "... $types types and symbols");
}
SKIP: {
	my ($rustc) = grep { command('', $_, '--version')->{status} eq '0' } $ENV{RUSTC} // (), 'rustc', '/usr/bin/rustc', glob('/usr/lib/rust-*/bin/rustc');
	skip 'no rustc is installed', 2 if !$rustc;
	my $r = command('', $rustc, '-g', '--emit=obj', '--crate-name', 'crate_under_test', '-o', "$scratch/rust.o", "$tests/format/crate.rs");
	die $r->{err} if $r->{status};
	my $c = rendered(symtypes_of("$scratch/rust.o"));
	is(join(' ', fallbacks($c)), '', 'Rust: all can be parsed');
	like($c->{'s#crate_under_test::Data'}, qr/^enum crate_under_test::Data \{\n\t.*discriminant;.*\n(?:\t.*\n)*\tNumber\(crate_under_test::Data::Number\)/, '... an enum');
}

# There and back: C from the strings of random types, compiled again, has the same strings
for my $way ([1, 25], [41, 48, '-gdwarf-4'], [1, 12, '--canonical'], [1, 12, 'CC=clang']) {
	my ($first, $last, @flags) = @$way;
	my @options = grep {/^--/} @flags;
	@flags = grep { !/^--/ } @flags;
	my ($compiler) = map { /^CC=(.*)/ ? $1 : () } @flags;
	SKIP: {
		skip "$compiler is not installed", 2 if $compiler && command('', $compiler, '--version')->{status} ne '0';
		skip 'the compiler is not for 64 bits', 2 if !$probe;
		my ($same, $packed, @other) = (0, 0);
		for my $seed ($first .. $last) {
			random_c($seed, "$scratch/random");
			# Not seen in a string: a bit-field of no width; with --canonical, alignment, and [0] beside [].
			my ($header, $source) = map { slurp("$scratch/random/t.$_") =~ s/int : 0;//gr } 'h', 'c';
			s/__attribute__\(\(aligned\(\d+\)\)\)//g, s/\[0\]/[4]/g for @options ? ($header, $source) : ();
			my $object = eval { c_object("$header\n---\n" . $source =~ s/#include.*//r, @flags) } or next;    # not all random programs are C
			my ($these, $others, $guessed, $strings, $again, $c) = round_trip($object, \@options, @flags);
			$same += @$these;
			$packed += $guessed;
			push @other, map {"seed $seed: $c->{$_} was $strings->{$_}\n is $again->{$_}"} @$others;
		}
		is(join("\n", @other), '', "there and back, @$way: $same types and symbols, $packed of them packed");
		cmp_ok($same, '>', 10 * ($last - $first), '... enough');
	}
}

# Damaged strings: an answer, whatever they are
{
	my ($bad, $random, $compared) = ('', 1, 0);
	my $next = sub { $random = ($random * 1103515245 + 12345) & 0x7fffffff; return ($random >> 8) % ($_[0] || 1) };
	my @strings = map { s/^(?:[sute]#'[^']*'|\S+) //r } map { split /\n/, slurp("$_/out.symtypes") // command('', 'xz', '-dc', "$_/out.symtypes.xz")->{out} }
		map {"$tests/model/golden/$_"} 'g133-gcc-g-units', 'g35-gcc-g-ffunction-sections-fdata-sections-units', 'mixed-rustc1.95';
	my $sanitized = sanitized('kabi-compare');
	my $damage = sub {
		my @words = split / /, $_[0];
		for (1 .. 1 + $next->(4)) {
			my ($kind, $at, $other) = ($next->(4), $next->(scalar @words), $next->(scalar @words));
			if ($kind == 0) { splice @words, $at, 1 }
			elsif ($kind == 1) { splice @words, $at, 0, $words[$other] // 'x' }
			elsif ($kind == 2) { $words[$at] = (']', 'byte_size(18446744073709551615)', 'byte_size(2305843009213693952)', 'data_member_location(18446744073709551615)', 'array_type[4294967296][4294967296]', '-1', "'")[$next->(7)] }
			elsif (@words) { substr($words[$at], $next->(length $words[$at]), 1) = chr 33 + $next->(94) }
		}
		return join ' ', 'x', @words if $next->(20) == 0;
		return join(' ', @words) || 'x';
	};
	for my $round (1 .. 40) {
		my (@texts, %references);
		for my $number (1 .. 50) {
			my $string = $strings[$next->(scalar @strings)];
			my @pair = ($damage->($string), $next->(2) ? $string : $damage->($string));
			$texts[$_] .= "f$number variable s#d$number\ns#d$number $pair[$_]\n" for 0, 1;
			$references{$_} = 1 for join(' ', '', @pair) =~ / (?=([sute]#(?:'[^']*'|[^ ]*)))/g;
		}
		$_ .= join '', map {"$_ structure_type x { }\n"} sort keys %references for @texts;
		substr($_, 0, 0) = "/* file */\n" for @texts;
		my $r = command('', $sanitized // $program, spew("$scratch/old", $texts[0]), spew("$scratch/new", $texts[1]));
		$compared += $r->{status} eq '1';
		$bad .= "round $round: $r->{status} $r->{err}" if $r->{status} !~ /^[012]$/ || ($r->{status} eq '2' && $r->{err} !~ /\Aerror: kabi-compare: baseline: line \d+ of .*\n\z/) || ($r->{status} eq '1' && $r->{err} ne '');
		$bad .= "round $round: no words\n" if $r->{out} =~ /^s#d\d+ changed: .*\n(?!  )/m;
	}
	is($bad, '', '2,000 damaged strings');
	cmp_ok($compared, '>', 20, "... $compared of 40 runs compare them");
}

done_testing();
