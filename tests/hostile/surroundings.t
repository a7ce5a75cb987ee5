#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# Failing surroundings: outputs that can't be written, signals, no memory, files that change while they are read.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;
use Time::HiRes qw(sleep time);

my $source = "struct s { int a; long b[3]; struct s *next; enum e { A, B } e; };\n---\nstruct s v;\nint f(struct s *s) { return s->a; }\n";
my $object = c_object($source);
my $good = run(['v', 'f'], [], $object);

# What is in a folder.
sub files {
	my ($folder) = @_;
	opendir my $handle, $folder or die "$folder: $!";
	return join ' ', sort grep { !/^\.\.?$/ } readdir $handle;
}

my $folder = "$scratch/folder";
mkdir $folder;

# Outputs
my $r;
SKIP: {
	skip 'no /dev/full', 1 if !-e '/dev/full';
	$r = command("v\n", '/bin/sh', '-c', "$tool --dump-dies $object 2> /dev/full");
	is($r->{status} . $r->{out}, 1, 'a full disk for the dumps');
}
{
	pipe my $reader, my $writer or die;
	close $reader;
	my $pid = fork // die;
	if (!$pid) {
		open STDIN, '<', spew("$scratch/v", "v\n");
		open STDOUT, '>&', $writer;
		open STDERR, '>', "$scratch/errors";
		exec $tool, '-T', "$folder/out", $object;
	}
	waitpid $pid, 0;
	is($?, 256, 'a closed pipe for standard output: an error');
	like(slurp("$scratch/errors"), qr/^error: gendwarfksyms: \w+: .*Broken pipe/m, '... with a message');
	is(files($folder), '', '... and no file');
}
SKIP: {
	skip 'no /proc', 2 if !-e '/proc/self';
	$r = command("v\n", $tool, '-T', '/proc/symtypes', $object);
	is($r->{status} . $r->{out}, 1, "a place that can't be written");
	like($r->{err}, qr/^error: gendwarfksyms: \w+: cannot write '\/proc\/symtypes': /m, '... the message says so');
}
# What is written to a datagram socket at once comes out at once.
$r = command('', 'python3', '-c', <<'EOF', $tool, $object);
import socket, subprocess, sys
reader, writer = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
subprocess.run(sys.argv[1:], input=b'v\nnone\n', stdout=subprocess.DEVNULL, stderr=writer)
reader.setblocking(False)
try:
    while True:
        print(reader.recv(1000))
except BlockingIOError:
    pass
EOF
like($r->{out}, qr/\Ab'warning: .* no information for symbol none\\n'\n\z/, 'a message is one write: those of processes beside each other are not mixed');
for my $fd (0 .. 2) {
	$r = command("v\n", '/bin/sh', '-c', "$tool -T $folder/out --dump-types $object $fd>&-");
	is($r->{status} . $r->{out}, '1', "descriptor $fd is closed");
	is(files($folder), '', '... no file');
}

# Signals: the tool waits for somebody to open the pipe that is its second input file.
for my $signal (qw(TERM INT HUP QUIT XCPU ALRM USR1 USR2)) {
	my $pipe = "$scratch/pipe$signal";
	command('', 'mkfifo', $pipe);
	my $pid = fork // die;
	if (!$pid) {
		open STDIN, '<', spew("$scratch/v", "v\n");
		open STDOUT, '>', '/dev/null';
		$SIG{$signal} = 'DEFAULT'; # a background job ignores some, and so would the tool
		exec '/bin/sh', '-c', 'ulimit -c 0; exec "$@"', 'sh', $tool, '-T', "$folder/out", $object, $pipe;
	}
	my $until = time + 20;
	sleep 0.01 while files($folder) eq '' && time < $until;
	like(files($folder), qr/^out\.\w{6}$/, 'symtypes are written to a temporary file');
	sleep 0.05;
	kill $signal, $pid;
	waitpid $pid, 0;
	ok($? & 127, "SIG$signal ends the program");
	is(files($folder), '', '... and the temporary file');
}

# Standard input is a terminal: the user is told what is expected.
SKIP: {
	my $seen = on_terminal("v\n\4", $tool, $object) // skip 'no terminals', 1;
	like($seen, qr/names of symbols from the terminal.*#SYMVER v 0x/s, 'standard input is a terminal');
}

# Thousands of files
{
	my @files = map { link($object, "$scratch/many$_") || die "link: $!"; "$scratch/many$_" } 1 .. 3000;
	$r = run(['v', 'f'], [], @files);
	is($r->{out}, $good->{out}, '3,000 files');
	$r = command("v\n", '/bin/sh', '-c', "ulimit -n 20; exec $tool @files");
	is($r->{status}, 0, '... with 20 descriptors');
}

# Memory, and files that change
SKIP: {
	skip 'the sanitizers have their own malloc()', 6 if $tool =~ /sanitized/;
	my $library = "$scratch/preload.so";
	my $built = command('', $ENV{CC} || 'cc', '-shared', '-fPIC', '-O1', '-o', $library, "$tests/hostile/preload.c");
	die $built->{err} if $built->{status};
	my $old = slurp($object);
	my $other = c_object('char v; int f(void) { return 0; }');
	my $preloaded = sub {
		my ($at, $happens, $file, @options) = @_;
		local $ENV{LD_PRELOAD} = $library;
		local $ENV{AT} = $at;
		local $ENV{HAPPENS} = $happens;
		local $ENV{FILE} = $file;
		local $ENV{OTHER} = "$scratch/other";
		return command("v\nf\n", $tool, '--stable', @options, '-T', "$folder/out", $file);
	};
	$r = $preloaded->(1_000_000, 'signal', $object);
	is($r->{status} . files($folder), 'signal 15', 'a signal while the temporary file is made: it does not stay');
	# Objects that libdwfl relocates, and with a compressed section, have other ways to fail.
	my %objects = (plain => $object, compressed => c_object($source, '-gz'));
	my ($foreign) = grep { $_ } map { my $flags = $_; eval { c_object($source, @$flags) } } ['-m32'], ['CC=i686-linux-gnu-gcc'], ['CC=clang', '--target=i386-linux-gnu'];
	$objects{'for libdwfl'} = $foreign if $foreign;
	for my $name (sort keys %objects) {
		my $file = $objects{$name};
		my $want = run(['v', 'f'], ['--stable'], $file);
		for my $happens ('fail', 'fail-on') {
			my ($at, $bad) = (1, '');
			for (;; $at++) {
				my $r = $preloaded->($at, $happens, $file);
				last if $r->{status} eq '99';
				my $symtypes = slurp("$folder/out");
				unlink "$folder/out";
				my $left = files($folder);
				next if $r->{status} eq '0' && $r->{out} eq $want->{out} && $symtypes eq $want->{symtypes} && $left eq '';
				next if $r->{status} eq '1' && $r->{out} eq '' && !defined $symtypes && $left eq '' && $r->{err} =~ /^error: /m;
				$bad .= "allocation $at: status $r->{status}, $r->{err}$r->{out}$left\n";
			}
			unlink "$folder/out";
			is($bad, '', "no memory ($happens), at any of " . ($at - 1) . " allocations, $name object");
			cmp_ok($at, '>', 10, '... which are more than a few');
		}
	}
	for my $happens ('truncate', 'replace') {
		my ($at, $bad, $errors) = (1, '', 0);
		for (;; $at++) {
			my $file = spew("$scratch/changing.o", $old);
			spew("$scratch/other", slurp($other));
			my $r = $preloaded->($at, $happens, $file);
			last if $r->{status} eq '99';
			my $symtypes = slurp("$folder/out");
			unlink "$folder/out";
			my $left = files($folder);
			my $whole = $r->{status} eq '0' && $r->{out} eq $good->{out} && $symtypes eq $good->{symtypes};
			$whole ||= $r->{status} eq '0' && $happens eq 'replace' && $r->{out} =~ /^(?:#SYMVER [vf] 0x\w{8}\n){2}\z/;
			my $error = $r->{status} eq '1' && $r->{out} eq '' && !defined $symtypes && $r->{err} =~ /^error: .*changing\.o/m;
			$errors += $error;
			$bad .= "allocation $at: status $r->{status}, $r->{err}$r->{out}$left\n" if $left ne '' || !$whole && !$error;
		}
		unlink "$folder/out";
		is($bad, '', "the object is ${happens}d, at any of " . ($at - 1) . ' allocations');
		cmp_ok($errors, '>', 0, '... which is an error') if $happens eq 'truncate';
	}
}

done_testing();
