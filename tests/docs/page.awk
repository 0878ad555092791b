# Reads a page of docs/guide. task=commands writes the commands of each boot to dir/1, dir/2, …;
# task=fill prints the page with the output in the file recorded, which record has made, in order.
BEGIN { boot = 1; while (task == "fill" && (getline line <recorded) > 0) said[++said_count] = line }

/^<!-- reboot -->$/ { boot++ }
/^```/ && inside { inside = 0; print_line(); next }
/^```console$/ { inside = 1; print_line(); next }
inside && /^# / { run(substr($0, 3)); next }
inside { next }
{ print_line() }

function print_line() { if (task == "fill") print }

function run(command) {
	if (task == "commands") {
		print command >(dir "/" boot)
		return
	}
	print
	while (at < said_count && said[at + 1] != "$ " command)
		at++
	if (at == said_count)
		print "not recorded"
	for (at++; at < said_count && said[at + 1] ~ /^\| /; at++)
		print substr(said[at + 1], 3)
}
