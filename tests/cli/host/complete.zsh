#!/usr/bin/zsh -f
# complete.zsh DIRECTORY <LINES
#
# Prints the completions of each line in zsh, with the completion in DIRECTORY: "=== LINE",
# then the words, sorted, one per line. A separate zsh completes them on a terminal.
zmodload zsh/zpty zsh/zselect || exit 1
out=$(mktemp) || exit 1
trap 'zpty -d shell 2>/dev/null; rm -f $out $out.done' EXIT

zpty shell 'PS1= HISTFILE= zsh -f -i'

# settle COMMAND: runs it there, once everything typed before it is done.
settle()
{
	local tries=0

	rm -f $out.done
	zpty -w shell " $1; : >$out.done"
	until [[ -e $out.done ]]; do
		zpty -rt shell REPLY >/dev/null
		zselect -t 5
		(( ++tries < 200 )) || exit 1
	done
}

settle "fpath=(${(q)1} \$fpath); autoload -Uz compinit; compinit -D -u; LISTMAX=9999"
settle "setopt no_beep no_auto_list no_auto_menu; out=$out"
settle 'compadd() {
	local -a hits
	(( ${@[(I)-*[OAD]]} )) && { builtin compadd "$@"; return }
	builtin compadd -A hits "$@"
	print -rl -- $hits >>$out
	builtin compadd "$@"
}'
while IFS= read -r line; do
	: >$out
	# Types the line and Tab, then clears the line.
	zpty -wn shell "$line"$'\t\C-u'
	settle true
	print -r -- "=== $line"
	sort -u $out | grep .
done
