#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# examples/kabi.h: each example in its comments keeps the version; make install; the man page and completions against --help; the worked
# examples of README and doc/KABI.md.
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
for my $bad ('KABI_RESERVED_USE(0, char large[9])', 'KABI_REPLACE(int, old, long long large)') {
	is(eval { c_object("#include \"$top/examples/kabi.h\"\nstruct s { $bad; } v;\n"); 'compiles' }, undef, "$bad does not compile");
	like($@, qr/the member is larger than what/, '... and it is said why');
}

# --help, the man pages, completions
my %shown;
for my $program ('gendwarfksyms', 'kabi-compare') {
	my $r = command('', "$top/$program$suffix", '--help');
	my $help = $r->{out} . $r->{err};
	my @long = $help =~ /(--[a-z-]+)/g;
	my %pairs = $help =~ /(-\w), (--[a-z-]+)/g;
	my $page = slurp("$top/doc/$program.1") =~ s/\\-/-/gr;
	my $bash = slurp("$top/completion/$program.bash");
	my $fish = slurp("$top/completion/$program.fish");
	for my $option (@long) {
		like($page, qr/^\.BR? .*\Q$option\E\b/m, "the man page of $program has $option");
		like($bash, qr/ \Q$option\E\b|'\Q$option\E\b|\t\Q$option\E\b/, "... and bash's completion");
		like($fish, qr/-l @{[substr $option, 2]} /, "... and fish's");
	}
	for my $short (keys %pairs) {
		like($page, qr/^\.BR \Q$short\E ", " \Q$pairs{$short}\E\b/m, "the man page of $program has $short for $pairs{$short}");
		like($fish, qr/-s @{[substr $short, 1]} -l @{[substr $pairs{$short}, 2]} /, "... and fish's completion");
	}
	my %known = map { $_ => 1 } @long, keys %pairs;
	is(join(' ', grep { !$known{$_} } $page =~ /^\.BR? (--?[a-z-]+)/mg), '', 'the man page has no others');
	is(join(' ', grep { !$known{"--$_"} } $fish =~ /-l (\S+)/g), '', "... nor fish's completion");
	$shown{$program} = command('', "$top/$program$suffix", '--version')->{out};
	my ($version) = $shown{$program} =~ /^\Q$program\E (\S+)(?: \(--canonical: scheme 2\))?\n\z/;
	like($page, qr/^\.TH .*"gendwarfksyms \Q$version\E"/m, "the man page is of $version");
	SKIP: {
		skip 'no man', 1 if command('', 'man', '--version')->{status};
		is(command('', 'man', '--warnings', '-E', 'UTF-8', '-l', '-Tutf8', '-Z', "$top/doc/$program.1")->{err}, '', 'the man page has no errors');
	}
}
sub completes { return command('', 'bash', '-c', ". $top/completion/$_[0].bash; COMP_WORDS=($_[0] $_[2]); COMP_CWORD=1; $_[1]; echo \${COMPREPLY[*]}")->{out} }
is(completes('gendwarfksyms', '_gendwarfksyms', '--dump-d'), "--dump-die-map --dump-dies\n", "bash's completion completes");
mkdir "$scratch/files" or die;
spew("$scratch/files/$_", '') for 'a.o', 'b.ko.debug', 'c.c', 'vmlinux';
is(join(' ', sort split ' ', completes('gendwarfksyms', "cd $scratch/files; _gendwarfksyms", '""')), 'a.o b.ko.debug vmlinux', '... input files');
is(completes('gendwarfksyms', "cd $scratch/files; _gendwarfksyms", '@c'), "\@c.c\n", '... and lists of them');
is(completes('kabi-compare', '_kabi_compare', '--sym'), "--symbols --symvers\n", "... kabi-compare's, too");

# make install and uninstall
sub tree { return join ' ', sort map { s/^\Q$_[0]\E\///r } split /\n/, command('', 'find', $_[0], '-type', 'f')->{out} }
my $r = command('', 'make', '-C', $top, 'install', "DESTDIR=$scratch/root", 'prefix=/opt/x');
is($r->{status}, 0, 'make install') or diag($r->{err});
is(tree("$scratch/root"), join(' ', sort 'opt/x/share/gendwarfksyms/kabi.h', (map {"opt/x/share/doc/gendwarfksyms/$_.md"} qw(COST FORMAT KABI KBUILD LIBDW VERSIONS)), map { my $program = $_; map {"opt/x/$_"} "bin/$program", "share/bash-completion/completions/$program",
	"share/fish/vendor_completions.d/$program.fish", "share/man/man1/$program.1" } keys %shown), '... its files');
is(command('', "$scratch/root/opt/x/bin/$_", '-V')->{out}, $shown{$_}, "... $_ works") for sort keys %shown;
is(command('', 'make', '-C', $top, 'uninstall', "DESTDIR=$scratch/root", 'prefix=/opt/x')->{status}, 0, 'make uninstall');
is(tree("$scratch/root"), '', '... leaves no file');

# The worked examples of README and the pages in doc/: commands, with what they print
local $ENV{PATH} = Cwd::abs_path("$scratch") . "/bin:$ENV{PATH}";
mkdir "$scratch/bin";
symlink "$top/$_$suffix", "$scratch/bin/$_" for keys %shown;

# Runs the commands in the indented blocks of a page's part, of which there have to be that many. `prepare` gets the other blocks, and
# makes what the commands need.
sub runs_example {
	my ($page, $heading, $count, $prepare) = @_;
	my ($example) = slurp("$top/$page") =~ /^(?:## )?\Q$heading\E\n(?:-+\n)?(.*?)(?=^## |^[^\t\n][^\n]*\n-{3,}\n|\z)/ms or die "no part \"$heading\" in $page";
	my ($commands_run, %blocks) = 0;
	push @{$blocks{/^\t\$ /m ? 'commands' : 'texts'}}, $_ =~ s/^\t//mgr for $example =~ /((?:^\t.*\n|^\n(?=\t))+)/mg;
	my $folder = Cwd::abs_path($scratch) . '/' . "$page $heading" =~ s/\W+/-/gr;
	mkdir $folder;
	chdir $folder or die;
	$prepare->(@{$blocks{texts}});
	for my $commands (@{$blocks{commands}}) {
		my @pieces = split /^\$ (.*\n(?:> .*\n)*)/m, $commands;
		shift @pieces;
		while (my ($command, $want) = splice @pieces, 0, 2) {
			my $r = command('', '/bin/sh', '-c', '{ ' . $command =~ s/^> //mgr . "} 2>&1");
			is($r->{out} =~ s/\n+\z/\n/r, ($want // '') =~ s/\n+\z/\n/r, "$page: $command");
			$commands_run++;
		}
	}
	is($commands_run, $count, "$page: commands of \"$heading\"");
	chdir '/';
}
SKIP: {
	skip 'the pages show gcc on x86-64', 1 if !predefined('__x86_64__');
	my $make_device = sub {
		spew('device.h', $_[0]);
		spew('device.c', "#include \"device.h\"\nint device_add(struct device *device) { return 0; }\nint device_count;\n"
			. "asm(\"__export_symbol_device_add: __export_symbol_device_count:\");\n");
	};
	runs_example('README', 'Why did this version change?', 4, $make_device);
	my ($header, $source) = slurp("$top/doc/HOW-IT-WORKS.md") =~ /device\.c are:\n\n\t(.*\n)\n((?:\t.*\n)+)/;
	for my $step (['3. Rows', 1], ['4. Type strings, and the table', 2], ['5. The expansion, and its CRC', 3]) {
		runs_example('doc/HOW-IT-WORKS.md', @$step, sub {
			spew('device.h', $header);
			spew('device.c', $source =~ s/^\t//mgr);
			command('', 'cc', '-g', '-c', 'device.c');
		});
	}
	runs_example('doc/KABI.md', 'Why did this version change?', 9, $make_device);
	runs_example('doc/KABI.md', 'The kABI of a whole kernel', 15, sub {
		my ($core, $log) = $_[0] =~ /\A(.*?^};\n)\n(.*)/ms;
		spew('core.h', "#include \"$top/examples/kabi.h\"\n$core");
		spew('log.h', $log);
		spew('core.c', "#include \"core.h\"\nint device_add(struct device *device) { return 0; }\nasm(\"__export_symbol_device_add:\");\n");
		spew('log.c', "#include \"core.h\"\n#include \"log.h\"\nint log_open(struct log *log, struct device *device) { return 0; }\nasm(\"__export_symbol_log_open:\");\n");
		spew('build', 'mkdir -p fs && cc -g -c -o vmlinux.o core.c && cc -g -c -o fs/log.o log.c && echo fs/log.ko > modules.order');
		command('', 'sh', 'build');
	});
}

done_testing();
