#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# The README: its example, its list of options; and that the files say what they are.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my $readme = slurp("$tests/../README");
my $object = c_object(slurp("$tests/../examples/example.c"), '-g', '-fno-eliminate-unused-debug-symbols');
command('', split(' ', $ENV{CC} || 'cc'), '-g', '-c', '-o', $object, "$tests/../examples/example.c");
my @symbols = map { / __export_symbol_(\S+)/ ? $1 : () } split /\n/, command('', 'nm', $object)->{out};
is(join(' ', sort @symbols), 'device_add device_count device_list device_register', 'what the example exports');
same_as_model(\@symbols, [], $object, 'the versions of the example are the model\'s');
SKIP: {
	skip 'the README shows those of gcc on x86-64', 1 if `uname -m` ne "x86_64\n" || `@{[$ENV{CC} || 'cc']} --version` !~ /Free Software/;
	my ($shown) = $readme =~ /^The output:\n\n((?:\t#SYMVER .*\n)+)/m;
	is($shown =~ s/^\t//mgr, run(\@symbols, [], $object)->{out}, '... and the ones in the README');
}
for my $option (command('', $tool, '--help')->{err} =~ /(--[a-z-]+)/g, command('', "$tests/../kabi-compare$suffix", '--help')->{out} =~ /(--[a-z-]+)/g) {
	like($readme, qr/^  .*\Q$option\E\b/m, "the README describes $option");
}
for my $file (glob("$tests/../*.[ch]"), glob("$tests/../compare/*.[ch]"), glob("$tests/*/*.[ct]"), "$tests/../Makefile", "$tests/tools/dwarf-as", "$tests/lib/Gendwarfksyms.pm") {
	like(slurp($file), qr/\A.*\n?.*SPDX-License-Identifier: GPL-2.0-only/, "licence of " . $file =~ s/.*\///r) if -f $file && $file !~ /unit\.t$/;
}

done_testing();
