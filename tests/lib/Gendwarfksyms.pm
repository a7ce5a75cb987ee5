# SPDX-License-Identifier: GPL-2.0-only
# What the tests share: objects from C or from a description of DIEs, runs of the tool, comparison with the model.
package Gendwarfksyms;
use strict;
use warnings;
use Compress::Zlib ();
use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use IPC::Open2;
use Test::More;

our @EXPORT = (@Test::More::EXPORT, qw($tests $tool $model $suffix $scratch sanitized predefined c_object random_c die_object block_of spew slurp command on_terminal run symbols_of
	version_of string_is string_like dies_is symtypes_line symtypes_is same_as_model fails_with needs_newer crc symver));

our $tests = abs_path(dirname(__FILE__) . '/..');
our $suffix = $ENV{SUFFIX} // '';       # of programs built in another way
our $tool = $ENV{GENDWARFKSYMS} || abs_path("$tests/..") . "/gendwarfksyms$suffix";
our $model = "$tests/model/model.py";
my $dwarf_as = "$tests/tools/dwarf-as";
our $scratch = tempdir(CLEANUP => 1);
$ENV{LC_ALL} = 'C';
my $count = 0;

sub spew {
	my ($path, $text) = @_;
	open my $file, '>:raw', $path or die "$path: $!";
	print $file $text;
	close $file or die "$path: $!";
	return $path;
}

sub slurp {
	my ($path) = @_;
	open my $file, '<:raw', $path or return undef;
	local $/;
	my $text = <$file>;
	return $text // '';
}

# The path of Python: python3 may be a script that looks for it, which takes longer than most runs.
my $python;
sub python {
	chomp($python = readpipe 'python3 -c "import sys; print(sys.executable)"') if !$python;
	return $python;
}

# Runs a Python program by loaded.py, with files for its standard streams. Returns its exit status.
my %loader;
sub run_loaded {
	open2($loader{answers}, $loader{requests}, python(), "$tests/lib/loaded.py") if !%loader;
	print {$loader{requests}} join("\0", @_), "\n";
	chomp(my $status = readline($loader{answers}) // die "$_[3] can't be loaded");
	return $status;
}

# Runs a command with that text as standard input. Returns its exit status (or "signal N"), stdout and stderr.
sub command {
	my ($input, @command) = @_;
	my $base = "$scratch/run" . $count++;
	spew("$base.in", $input);
	if ($command[0] eq $model || $command[0] eq $dwarf_as) {
		my $status = run_loaded("$base.in", "$base.out", "$base.err", @command);
		return {status => $status, out => slurp("$base.out"), err => slurp("$base.err")};
	}
	$command[0] = python() if $command[0] eq 'python3';
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		open STDIN, '<', "$base.in" or die;
		open STDOUT, '>', "$base.out" or die;
		open STDERR, '>', "$base.err" or die;
		exec { $command[0] } @command or exit 127;
	}
	waitpid $pid, 0;
	my $status = $? & 127 ? 'signal ' . ($? & 127) : $? >> 8;
	return {status => $status, out => slurp("$base.out"), err => slurp("$base.err")};
}

# A program built with the sanitizers, and ASAN_OPTIONS set so that it runs; undef if it isn't there, or doesn't run. (In an
# emulator of processors, the leak sanitizer doesn't work, or waits for ever, or none does.)
sub sanitized {
	my ($name) = @_;
	my $program = "$tests/../$name-sanitized";
	for my $options ('detect_leaks=1', 'detect_leaks=0') {
		$ENV{ASAN_OPTIONS} = $options;
		return $program if -x $program && command('', qw(timeout --signal=KILL 60), $program, '--version')->{status} eq '0';
	}
	return undef;
}
sanitized('gendwarfksyms') if $tool =~ /-sanitized$/;

# What a command prints on a terminal where that text is typed; undef if there are no terminals here. (An emulator of processors
# may not know the call by which a newer C library finds out that something is one.)
sub on_terminal {
	my ($typed, @command) = @_;
	return undef if command('', 'python3', '-c', 'import os, pty, sys; sys.exit(not os.isatty(pty.openpty()[1]))')->{status} ne '0';
	return command($typed, 'python3', '-c', <<'EOF', @command)->{out};
import os, pty, sys
typed = sys.stdin.buffer.read()
pid, terminal = pty.fork()
if not pid:
    os.execv(sys.argv[1], sys.argv[1:])
os.write(terminal, typed)
text = b""
try:
    while True:
        piece = os.read(terminal, 1000)
        if not piece:
            break
        text += piece
except OSError:
    pass
sys.stdout.buffer.write(text)
EOF
}

# A macro that the compiler predefines, such as __SIZEOF_POINTER__; undef if it doesn't.
my %predefined;
sub predefined {
	%predefined = command('', split(' ', $ENV{CC} || 'cc'), '-dM', '-E', '-x', 'c', '/dev/null')->{out} =~ /^#define (\S+) (.*)$/mg if !%predefined;
	return $predefined{$_[0]};
}

# An object compiled from C, with more flags for the compiler.
sub c_object {
	my ($source, @flags) = @_;
	my $base = "$scratch/object" . $count++;
	my ($compiler) = map { /^CC=(.*)/ ? $1 : () } @flags;
	@flags = grep { !/^CC=/ } @flags;
	spew("$base.h", $source =~ s/^---\n.*//msr) if $source =~ /^---$/m;
	spew("$base.c", $source =~ /^---$/m ? "#include \"$base.h\"\n" . $source =~ s/.*^---\n//msr : $source);
	my $r = command('', split(' ', $compiler || $ENV{CC} || 'cc'), '-g', '-O0', '-w', '-fno-eliminate-unused-debug-types',
		@flags, '-c', '-o', "$base.o", "$base.c");
	die "cannot compile: $r->{err}\n$source" if $r->{status};
	return "$base.o";
}

# Writes t.h, t.c and t.syms into a folder: C made of a number (see gen.py).
sub random_c {
	my ($seed, $folder) = @_;
	my $r = command('', 'python3', "$tests/model/gen.py", $seed, $folder);
	die $r->{err} if $r->{status};
	return;
}

# An object made of a description of its DIEs (see dwarf-as).
sub die_object {
	my ($description, @compiler) = @_;
	my $object = "$scratch/object" . $count++ . '.o';
	my $r = command($description, $dwarf_as, $object, @compiler);
	die "cannot assemble: $r->{err}\n$description" if $r->{status};
	return $object;
}

# The hex digits of a block that has a number of so many bytes, given in hex, in the byte order of die_object()'s objects.
my $big_endian;
sub block_of {
	my ($number) = @_;
	$big_endian //= substr(slurp(die_object("compile_unit\n")), 5, 1) eq "\2"; # EI_DATA
	return $big_endian ? $number : join '', reverse $number =~ /../g;
}

# Splits @_ into symbols (a list or a text), options and objects, and runs the tool (or another program).
sub run {
	my ($symbols, $options, @objects) = @_;
	my $program = $tool;
	$program = shift @$options if @$options && $options->[0] eq $model;
	my $input = ref $symbols ? join('', map {"$_\n"} @$symbols) : $symbols;
	my $symtypes = "$scratch/symtypes" . $count++;
	my $r = command($input, $program, @$options, '-T', $symtypes, @objects);
	$r->{symtypes} = slurp($symtypes);
	return $r;
}

sub crc { return sprintf '0x%08x', Compress::Zlib::crc32($_[0]) }
sub symver { return join '', map {"#SYMVER $_->[0] $_->[1]\n"} @_ }

# The lines of --dump-versions by symbol, and the versions printed by symbol.
sub versions {
	my ($r) = @_;
	my %strings = map { /^(\S+) (.*)/s ? ($1, $2) : () } grep { !/^(warning|error):/ } split /\n/, $r->{err};
	my %versions = map { /^#SYMVER (\S+) (\S+)$/ ? ($1, $2) : () } split /\n/, $r->{out};
	return \%strings, \%versions;
}

sub version_of {
	my ($object, $symbol, @options) = @_;
	return (versions(run([$symbol], [@options], $object)))[1]{$symbol};
}

# stderr without the warnings that the model doesn't give.
sub without_advice {
	return $_[0] =~ s/^warning: gendwarfksyms: (?:kabi: .* matches nothing: |match: .* has no types: |decode: types of .* are in type units ).*\n//mgr;
}

# The output of the tool and of the model for the same input are the same.
sub same_as_model {
	my ($symbols, $options, @rest) = @_;
	my $name = pop @rest;
	for my $dumps ([], ['--dump-versions', '--dump-dies']) {
		my @o = (@$options, @$dumps);
		my $want = run($symbols, [$model, @o], @rest);
		my $got = run($symbols, [@o], @rest);
		return fail("$name: the model fails: $want->{err}") if $want->{status};
		for my $what (qw(status out symtypes err)) {
			next if $want->{$what} eq ($what eq 'err' ? without_advice($got->{$what}) : $got->{$what});
			is($got->{$what}, $want->{$what}, "$name: $what with @o");
			return 0;
		}
	}
	return pass($name);
}

# The expanded string of a symbol, its CRC, and that the model agrees.
sub string_is {
	my ($object, $symbol, $want, $name, @options) = @_;
	my $r = run([$symbol], ['--dump-versions', @options], $object);
	my ($strings, $versions) = versions($r);
	my $other = run([$symbol], [$model, '--dump-versions', @options], $object);
	return fail("$name: $r->{err}") if $r->{status};
	return is($strings->{$symbol}, $want, $name)
		&& ($versions->{$symbol} eq crc($want) || is($versions->{$symbol}, crc($want), "$name: version"))
		&& (without_advice($r->{err}) eq $other->{err} || is($r->{err}, $other->{err}, "$name: the model's string"));
}

sub string_like {
	my ($object, $symbol, $want, $name, @options) = @_;
	my ($strings) = versions(run([$symbol], ['--dump-versions', @options], $object));
	return like($strings->{$symbol}, $want, $name);
}

sub dies_is {
	my ($object, $symbols, $want, $name, @options) = @_;
	my $r = run($symbols, ['--dump-dies', @options], $object);
	return fail("$name: $r->{err}") if $r->{status};
	return is(without_advice($r->{err}), $want, $name);
}

sub symtypes_is {
	my ($object, $symbols, $want, $name, @options) = @_;
	my $r = run($symbols, [@options], $object);
	return fail("$name: $r->{err}") if $r->{status};
	return is($r->{symtypes}, $want, $name);
}

# An error: exit status 1, one message of the right form, nothing on stdout, no symtypes file.
sub fails_with {
	my ($object, $symbols, $want, $name, @options) = @_;
	my $r = run($symbols, [@options], ref $object ? @$object : $object);
	return is($r->{status}, 1, "$name: exit status ($r->{err})") if $r->{status} ne '1';
	return is($r->{out}, '', "$name: stdout") if $r->{out} ne '';
	return fail("$name: a symtypes file") if defined $r->{symtypes};
	return like($r->{err}, qr/(?:^|\n)error: gendwarfksyms: \w+: (?s:.*)$want/, $name);
}

# What a run needs of a newer elfutils than it is run with here; undef if it worked or failed otherwise.
sub needs_newer {
	my ($r) = @_;
	return $r->{status} eq '1' && $r->{err} =~ /\((.* needs elfutils [\d.]+ or later.*)\)\n\z/ ? $1 : undef;
}

1;
