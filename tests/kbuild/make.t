#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# kbuild/make: that the makes it runs read the steps, or it is an error.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib", $FindBin::Bin;
use Gendwarfksyms;
use Headers;

# What stands in for a kernel: it says whether the steps were read, and runs the program.
my $tree = "$scratch/tree";
mkdir $tree;
spew("$tree/Makefile", "all:\n\t\@echo \$(flavor cmd_gen_symversions_c)\n\t\@\$(GENDWARFKSYMS) --version\n");
our $expected = "recursive\n" . command('', $tool, '--version')->{out};

# A copy of what kbuild/make needs.
sub copy {
	my ($folder) = @_;
	my $r = command('', 'sh', '-c', 'mkdir -p "$1" && cp -r "$2/kbuild" "$1" && cp "$3" "$1/gendwarfksyms"', 'sh', $folder, $top, $tool);
	die $r->{err} if $r->{status};
	return $folder;
}

sub works {
	my ($name, @command) = @_;
	my $r = command('', @command);
	is($r->{status}, 0, "$name: no error") or diag($r->{err});
	is($r->{out}, $expected, '... and the steps are read');
}

sub fails {
	my ($name, $want, @command) = @_;
	my $r = command('', @command);
	is($r->{status}, 1, "$name: an error");
	like($r->{err}, qr/\Aerror: gendwarfksyms: $want.*\n\z/, '... which says why');
	is($r->{out}, '', '... and nothing is made');
}

my @arguments = ('-s', '-C', $tree);
works('kbuild/make', "$top/kbuild/make", @arguments);
{
	local $ENV{GENDWARFKSYMS} = "$scratch/no/such/program";
	fails('a program that is not there', "there is no program '.*no/such/program': build it first", "$top/kbuild/make", @arguments);
	$ENV{GENDWARFKSYMS} = $scratch;
	fails('... a folder', "'\Q$scratch\E' is no program", "$top/kbuild/make", @arguments);
	$ENV{GENDWARFKSYMS} = "$scratch/a program";
	chmod 0755, spew($ENV{GENDWARFKSYMS}, "#!/bin/sh\n");
	fails('a blank in its path', "kbuild can't use .*: '.*/a program'", "$top/kbuild/make", @arguments);
	# (Paths are relative to where kbuild/make is called.)
	$ENV{GENDWARFKSYMS} = './program';
	symlink $tool, "$scratch/program";
	works('a relative path', 'sh', '-c', 'cd "$0" && exec "$@"', $scratch, "$top/kbuild/make", @arguments);
}
{
	# A link elsewhere, and the program from the folder of what it links to
	local $ENV{GENDWARFKSYMS} = '';
	my $folder = copy("$scratch/project");
	symlink "$folder/kbuild/make", "$scratch/linked-make";
	works('a symbolic link', "$scratch/linked-make", @arguments);
	symlink 'linked-make', "$scratch/linked-again";
	works('... and one to it, relative', "$scratch/linked-again", @arguments);
	local $ENV{CDPATH} = "$scratch:/tmp";
	works('CDPATH', 'sh', '-c', 'cd "$0" && exec kbuild/make "$@"', $folder, @arguments);
}
{
	local $ENV{GENDWARFKSYMS} = '';
	for my $character (' ', "\t", "\n", qw(' " $ & ; ( ) < > | ` \\ * ? [ ] { } ! : = % ^), '#') {
		my $folder = copy("$scratch/characters/a${character}b");
		fails('a folder with a ' . ($character =~ s/\n/line break/r), "kbuild can't use what has other characters in its path than .*: '(?s:.*)/a\Q$character\Eb(?s:.*)'", "$folder/kbuild/make", @arguments);
	}
	works("a folder with a $_", copy("$scratch/characters/1${_}2") . '/kbuild/make', @arguments) for split(/ /, "- _ . , + @ ~ \xc3\xa9");
}
{
	my $folder = copy("$scratch/without");
	unlink "$folder/kbuild/steps.mk";
	fails('no steps.mk', "cannot read '$folder/kbuild/steps\\.mk'", "$folder/kbuild/make", @arguments);
}
# MAKEFILES of the environment is kept; that of the command line would hide ours, also from a make above.
{
	spew("$scratch/other.mk", "\$(info other.mk is read)\n");
	local $ENV{MAKEFILES} = "$scratch/other.mk";
	local $expected = "other.mk is read\n$expected";
	works('MAKEFILES in the environment', "$top/kbuild/make", @arguments);
}
for my $argument ('MAKEFILES=', 'MAKEFILES=other.mk', 'MAKEFILES:=', 'MAKEFILES::=', 'MAKEFILES?=x', 'MAKEFILES+=x', 'MAKEFILES =') {
	fails($argument, 'MAKEFILES', "$top/kbuild/make", @arguments, $argument);
}
works('MAKEFILES_OF_OURS=x', "$top/kbuild/make", @arguments, 'MAKEFILES_OF_OURS=x');
spew("$scratch/Makefile", "all:\n\t\@$top/kbuild/make @arguments\n");
my $above = command('', 'make', '-s', '-C', $scratch, 'MAKEFILES=');
isnt($above->{status}, 0, 'a make above with MAKEFILES= is an error');
like($above->{err}, qr/^error: gendwarfksyms: MAKEFILES/m, '... which says why');

done_testing();
