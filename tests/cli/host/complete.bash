#!/bin/bash
# complete.bash COMPLETION <LINES
#
# Prints the completions of each line in bash: "=== LINE", then the words, sorted, one per
# line.

# shellcheck source=/dev/null
. /usr/share/bash-completion/bash_completion
# shellcheck source=/dev/null
. "$1"

# Splits a line like readline: at blanks, and before and after colons and equals signs.
split_line()
{
	local word rest
	local -a words

	COMP_WORDS=()
	read -ra words <<<"$1"
	[[ $1 == *" " ]] && words+=("")
	for word in "${words[@]}"; do
		rest=${word//[^:=]/}
		while [[ $rest ]]; do
			[[ ${word%%[:=]*} ]] && COMP_WORDS+=("${word%%[:=]*}")
			COMP_WORDS+=("${rest:0:1}")
			word=${word#*[:=]} rest=${rest:1}
			[[ $word || $rest ]] || continue 2
		done
		COMP_WORDS+=("$word")
	done
}

while IFS= read -r line; do
	split_line "$line"
	COMP_LINE=$line COMP_POINT=${#line} COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_TYPE=9
	COMP_KEY=9 COMPREPLY=()
	export COMP_LINE COMP_POINT COMP_CWORD COMP_TYPE COMP_KEY
	_passthru passthru "${COMP_WORDS[COMP_CWORD]}" ""
	echo "=== $line"
	printf '%s\n' "${COMPREPLY[@]+"${COMPREPLY[@]}"}" | sort
done
