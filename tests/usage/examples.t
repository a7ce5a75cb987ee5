#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# examples/kabi.h: each example in its comments keeps the version; make install; the man page and completions against --help.
use strict;
use warnings;
use Cwd ();
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};

my $top = Cwd::abs_path("$tests/..");

# Each comment with "was:" and "now:" is followed by its macro.
my $header = slurp("$top/examples/kabi.h");
my %used;
while ($header =~ /\/\*((?:(?!\*\/).)*?)\*\/\n#define (KABI_\w+)/gs) {
	my ($comment, $macro) = ($1, $2);
	next if $comment !~ /was:/;
	$comment =~ s/^ \* ?//mg;
	my ($was, $now) = $comment =~ /was:(.*?)^\tnow:(.*)\z/ms or die "cannot read the example of $macro";
	my ($type) = $was =~ /(?:struct|enum) (\w+)/ ? "$& *" : 'queue_id ';
	my $source = "#include \"$top/examples/kabi.h\"\nTYPES\n---\nint f(${type}value) { return 0; }\n";
	my $symbol = '';
	my @objects = map { c_object($source =~ s/TYPES/$_/r) } $was, $now;
	$used{$_} = 1 for $now =~ /(KABI_\w+)/g, $was =~ /(KABI_\w+)/g;
	my $old = version_of($objects[0], 'f', '--stable');
	isnt($old, '0x00000000', "$macro: a version");
	is(version_of($objects[1], 'f', '--stable'), $old, "$macro: its example keeps it");
	isnt(version_of($objects[1], 'f'), version_of($objects[0], 'f'), '... only in the stable mode');
	is(version_of($objects[1], 'f', '--stable', '--canonical'), version_of($objects[0], 'f', '--stable', '--canonical'), '... also canonical');
}
is(join(' ', grep { !$used{$_} } $header =~ /^#define (KABI_\w+)\((?!line)/mg), 'KABI_RULE', 'every macro has an example');
for my $bad ('KABI_RESERVED_USE(0, char large[9])', 'KABI_REPLACE(int, old, long large)') {
	is(eval { c_object("#include \"$top/examples/kabi.h\"\nstruct s { $bad; } v;\n"); 'compiles' }, undef, "$bad does not compile");
	like($@, qr/the member is larger than what/, '... and it is said why');
}

# --help, the man page, completions
my $help = command('', $tool, '--help')->{err};
my @long = $help =~ /(--[a-z-]+)/g;
my %pairs = $help =~ /(-\w), (--[a-z-]+)/g;
my $page = slurp("$top/gendwarfksyms.1") =~ s/\\-/-/gr;
my $bash = slurp("$top/completion/gendwarfksyms.bash");
my $fish = slurp("$top/completion/gendwarfksyms.fish");
for my $option (@long) {
	like($page, qr/^\.BR? .*\Q$option\E\b/m, "the man page has $option");
	like($bash, qr/ \Q$option\E\b|'\Q$option\E\b|\t\Q$option\E\b/, "... and bash's completion");
	like($fish, qr/-l @{[substr $option, 2]} /, "... and fish's");
}
for my $short (keys %pairs) {
	like($page, qr/^\.BR \Q$short\E ", " \Q$pairs{$short}\E\b/m, "the man page has $short for $pairs{$short}");
	like($fish, qr/-s @{[substr $short, 1]} -l @{[substr $pairs{$short}, 2]} /, "... and fish's completion");
}
my %known = map { $_ => 1 } @long, keys %pairs;
is(join(' ', grep { !$known{$_} } $page =~ /^\.BR? (--?[a-z-]+)/mg), '', 'the man page has no others');
is(join(' ', grep { !$known{"--$_"} } $fish =~ /-l (\S+)/g), '', "... nor fish's completion");
my $shown = command('', $tool, '--version')->{out};
my ($version) = $shown =~ /^(gendwarfksyms \S+) \(--canonical: scheme 1\)\n\z/;
like($page, qr/^\.TH .*"\Q$version\E"/m, "the man page is of $version");
SKIP: {
	skip 'no man', 1 if command('', 'man', '--version')->{status};
	is(command('', 'man', '--warnings', '-E', 'UTF-8', '-l', '-Tutf8', '-Z', "$top/gendwarfksyms.1")->{err}, '', 'the man page has no errors');
}
is(command('', 'bash', '-c', ". $top/completion/gendwarfksyms.bash; COMP_WORDS=(gendwarfksyms --dump-d); COMP_CWORD=1; _gendwarfksyms; echo \${COMPREPLY[*]}")->{out},
	"--dump-die-map --dump-dies\n", "bash's completion completes");

# make install and uninstall
sub tree { return join ' ', sort map { s/^\Q$_[0]\E\///r } split /\n/, command('', 'find', $_[0], '-type', 'f')->{out} }
my $r = command('', 'make', '-C', $top, 'install', "DESTDIR=$scratch/root", 'prefix=/opt/x');
is($r->{status}, 0, 'make install') or diag($r->{err});
is(tree("$scratch/root"), 'opt/x/bin/gendwarfksyms opt/x/share/bash-completion/completions/gendwarfksyms '
	. 'opt/x/share/fish/vendor_completions.d/gendwarfksyms.fish opt/x/share/gendwarfksyms/kabi.h opt/x/share/man/man1/gendwarfksyms.1', '... its files');
is(command('', "$scratch/root/opt/x/bin/gendwarfksyms", '-V')->{out}, $shown, '... the program works');
is(command('', 'make', '-C', $top, 'uninstall', "DESTDIR=$scratch/root", 'prefix=/opt/x')->{status}, 0, 'make uninstall');
is(tree("$scratch/root"), '', '... leaves no file');

# The worked example of the README
my $readme = slurp("$top/README");
my ($example) = $readme =~ /^Say device\.h.*?\n\n(.*?)^What a version covers$/ms or die 'no worked example in the README';
chdir $scratch or die;
mkdir 'example';
chdir 'example' or die;
my ($commands_run, %blocks) = 0;
push @{$blocks{/^\t\$ /m ? 'commands' : 'texts'}}, $_ =~ s/^\t//mgr for $example =~ /((?:^\t.*\n|^\n(?=\t))+)/mg;
my ($text, $change) = @{$blocks{texts}};
local $ENV{PATH} = Cwd::abs_path("$scratch/bin") . ":$ENV{PATH}";
mkdir "$scratch/bin";
symlink Cwd::abs_path($tool), "$scratch/bin/gendwarfksyms";
SKIP: {
	skip 'the README shows gcc on x86-64', 1 if `uname -m` ne "x86_64\n";
	spew('device.h', $text);
	spew('device.c', "#include \"device.h\"\nint device_add(struct device *device) { return 0; }\nint device_count;\n"
		. "asm(\"__export_symbol_device_add: __export_symbol_device_count:\");\n");
	for my $commands (@{$blocks{commands}}) {
		my @pieces = split /^\$ (.*)\n/m, $commands;
		shift @pieces;
		while (my ($command, $want) = splice @pieces, 0, 2) {
			my $r = command('', '/bin/sh', '-c', "{ $command; } 2>&1");
			is($r->{out}, $want // '', "the README: $command");
			$commands_run++;
		}
	}
	is($commands_run, 6, 'commands of the README');
}
chdir '/';

done_testing();
