#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# README and the pages of doc/: that each option and variable is described, that what they name exists, the first example. (examples.t
# runs the worked ones.) And that the files say what they are.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my $top = "$tests/..";
my @pages = map { s/^\Q$top\E\///r } glob "$top/doc/*.md";
my %text = map { $_ => slurp("$top/$_") } 'README', 'tests/README', @pages;
cmp_ok(scalar(() = $text{README} =~ /\n/g), '<=', 200, 'README is short');

# The example
my $object = c_object(slurp("$top/examples/example.c"), '-g', '-fno-eliminate-unused-debug-symbols');
command('', split(' ', $ENV{CC} || 'cc'), '-g', '-c', '-o', $object, "$top/examples/example.c");
my @symbols = map { / __export_symbol_(\S+)/ ? $1 : () } split /\n/, command('', 'nm', $object)->{out};
is(join(' ', sort @symbols), 'device_add device_count device_list device_register', 'what the example exports');
same_as_model(\@symbols, [], $object, 'the versions of the example are the model\'s');
SKIP: {
	skip 'the README shows those of gcc on x86-64', 1 if !predefined('__x86_64__') || predefined('__clang__');
	my ($shown) = $text{README} =~ /^The output:\n\n((?:\t#SYMVER .*\n)+)/m;
	is($shown =~ s/^\t//mgr, run(\@symbols, [], $object)->{out}, '... and the ones in the README');
}

# Options, as a line begins with them: "-s, --stable", "    --canonical"
sub options { return join "\n", sort $_[0] =~ /^(?:\t|  )((?:-\w, | {4})--[a-z-]+)/mg }
for my $described (['gendwarfksyms', 'README'], ['kabi-compare', 'doc/KABI.md']) {
	my ($program, $page) = @$described;
	my $r = command('', "$top/$program$suffix", '--help');
	is(options($text{$page}), options($r->{out} . $r->{err}), "$page describes the options of $program");
}

# Variables of kbuild/make (KBUILD_EXTMOD is kbuild's own)
my %read = map { $_ => 1 } map { slurp($_) =~ /\$[{(]?:? ?((?:GENDWARFKSYMS|KBUILD)(?:_\w+)?)/g } glob "$top/kbuild/*";
delete $read{KBUILD_EXTMOD};
is(join(' ', sort $text{'doc/KBUILD.md'} =~ /^\t((?:GENDWARFKSYMS|KBUILD)\w*)=/mg), join(' ', sort keys %read), 'doc/KBUILD.md describes the variables');

# What a page names exists: pages, from its folder or the top; files in folders of this project, or the source of a program there;
# sections of FORMAT.md. And README names every page.
my %section = map { $_ => 1 } $text{'doc/FORMAT.md'} =~ /^## (\d+a?)\. /mg;
for my $page (sort keys %text) {
	my ($folder) = $page =~ /^(.*\/)?/;
	my @gone = grep { !-e "$top/$_" && !-e "$top/" . ($folder // '') . $_ } $text{$page} =~ /([\w\/.-]+\.md)\b/g, $text{$page} =~ /\]\(([^)#:]+)\)/g;
	push @gone, grep { !-e "$top/$_" && !-e "$top/$_.c" } map { s/[.\/]+\z//r } $text{$page} =~ /(?<![\w\/.-])(?:FOLDER\/)?((?:compare|completion|doc|examples|kbuild|tests)\/[\w\/.-]*)/g;
	push @gone, map {"section $_"} grep { !$section{$_} } map { /\d+a?/g } $text{$page} =~ /FORMAT\.md(?:\]\(FORMAT\.md\))?,\s+sections?\s+(\d+a?(?:(?:,| and)\s+\d+a?)*)/g;
	is(join(' ', @gone), '', "what $page names exists");
}
is(join(' ', grep { $text{README} !~ /^  \Q$_\E\s/m } @pages), '', 'README names every page');
my $source = join "", map { slurp($_) } glob("$top/*.[ch]"), glob("$top/*/*.[ch]");
is(join(' ', grep { $source !~ /^(?:\w[\w *]*)?\b$_\(/m } $text{'doc/HOW-IT-WORKS.md'} =~ /`(\w+)\(\)`/g), '', 'functions of doc/HOW-IT-WORKS.md exist');
my ($ci) = $text{README} =~ /^(\tgendwarfksyms .*\n\tkabi-compare .*\n)/m;
like($text{'doc/KABI.md'} =~ s/^\t> /\t/mgr, qr/^\Q$ci\E/m, 'what CI runs is in README as in doc/KABI.md, where it is tried');

for my $file (glob("$top/*.[ch]"), glob("$top/*/*.[ch]"), glob("$tests/*/*.[ct]"), "$top/Makefile", "$tests/tools/dwarf-as", "$tests/lib/Gendwarfksyms.pm") {
	like(slurp($file), qr/\A.*\n?.*SPDX-License-Identifier: GPL-2.0-only/, "licence of " . $file =~ s/.*\///r) if -f $file && $file !~ /unit\.t$/;
}

done_testing();
