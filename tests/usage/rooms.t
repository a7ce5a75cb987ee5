#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# The house: headers say which files there are, from the top to the bottom, and no file uses one above it.
use strict;
use warnings;
use Cwd qw(abs_path);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my $top = abs_path("$tests/..");

# What a room may use, besides itself; the files at the top level, which are no room, may use all.
my %uses = (
	'reader/' => [qw(cache magic message)],
	'baseline/' => [qw(versions types text_file cache message)],
	'compare/' => [qw(baseline/ versions types output text_file cache message)],
);

# The files of a header's map, the uppermost first; those of rooms by the rooms' own.
sub map_of {
	my ($header, $room) = @_;
	my ($comment) = slurp("$top/$header") =~ /\/\*\n(.*?)\*\//s;
	return map { m{/$} ? map_of($_ . {'reader/' => 'reader.h', 'baseline/' => 'baseline.h'}->{$_}, $_) : "$room$_" }
		$comment =~ /^ \*\t(\S+\.c|\S+\/)\t/mg;
}

my @files = map_of('gendwarfksyms.h', '');
my @compare = map_of('compare/kabi-compare.h', 'compare/');
my @all = (@compare, @files);
my $written = join ' ', sort @all;
is($written, join(' ', sort map { s{^\Q$top\E/}{}r } glob("$top/*.c $top/reader/*.c $top/baseline/*.c $top/compare/*.c")), 'the maps have all files');
my %height = map { $all[$_] => @all - $_ } 0 .. $#all;

sub room { return $_[0] =~ m{^(\w+/)} ? $1 : '' }

sub may_use {
	my ($user, $used) = @_;
	my $room = room($user);
	return 1 if $room eq room($used) || !$room;
	return grep { room($used) eq $_ || $used =~ m{^\Q$_\E\.[ch]$} } @{$uses{$room}};
}

# Headers: those of a room, and none of another room that isn't for all.
for my $file (sort(map { s{^\Q$top\E/}{}r } glob("$top/*.[ch] $top/reader/*.[ch] $top/baseline/*.[ch] $top/compare/*.[ch]"))) {
	my @bad;
	for my $include (slurp("$top/$file") =~ /^#include "(.*)"/mg) {
		my $header = room($file) . $include;
		1 while $header =~ s{\w+/\.\./}{};
		push @bad, $header if !-f "$top/$header" || !may_use($file, $header) || (room($header) ne room($file) && $header =~ /internal/);
	}
	is("@bad", '', "$file includes what its room may use");
}

# Symbols: who defines them, and who wants them.
SKIP: {
	my @objects = grep { -f "$top/$_" } map { s/\.c$/$suffix.o/r } @all;
	skip 'the objects are not there', scalar @all if @objects != @all;
	my (%defines, %wants);
	for my $file (@all) {
		my $object = "$top/" . $file =~ s/\.c$/$suffix.o/r;
		for (split /\n/, command('', 'nm', $object)->{out}) {
			next if !/(\w) (\S+)$/;
			my ($type, $name) = ($1, $2);
			# main() and what it defines, and the sanitizers', are of each program.
			next if $name =~ /^(?:main|program|options|__asan.*|__odr_asan.*|_GLOBAL_.*)$/;
			$wants{$file}{$name} = 1 if $type eq 'U';
			$defines{$name} = $file if $type =~ /[TDBRC]/;
		}
	}
	for my $file (@all) {
		my @bad;
		for my $name (sort keys %{$wants{$file}}) {
			my $used = $defines{$name} or next;
			push @bad, "$name of $used" if $height{$used} >= $height{$file} || !may_use($file, $used);
		}
		is("@bad", '', "$file uses no file above it");
	}
}

done_testing();
