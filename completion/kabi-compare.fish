# SPDX-License-Identifier: GPL-2.0-only
# fish completion for kabi-compare

complete -c kabi-compare -s f -l format -x -a 'full summary short types json' -d 'how to report'
complete -c kabi-compare -s s -l symbols -r -F -d 'only the symbols that a file lists'
complete -c kabi-compare -s r -l rules -r -F -d 'severity rules: what may change'
complete -c kabi-compare -s m -l symvers -r -F -d 'modules and namespaces of symbols'
complete -c kabi-compare -l old-symvers -r -F -d 'how symbols were exported'
complete -c kabi-compare -s V -l version -d 'the version of this program'
complete -c kabi-compare -s h -l help -d 'the options'
