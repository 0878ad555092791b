#!/usr/bin/env -S fish --no-config
# complete.fish COMPLETION <LINES
#
# Prints the completions of each line in fish: "=== LINE", then the words, sorted, one per line.
source $argv[1]
while read -l line
	echo "=== $line"
	complete -C $line | string replace -r '\t.*' '' | sort -u
end
