# fish completion for passthru(8)

# Options with a value, which may be the next word.
set -g __passthru_values --root --cmdline --dump --format --vfs --profile --rom --reset --d3cold --power \
	--bar0 --bar1 --bar2 --bar3 --bar4 --bar5

# The command of the line, if there is one before the word at the cursor.
function __passthru_command
	set -l words (commandline -opc)
	set -l is_value false
	for word in $words[2..-1]
		if $is_value
			set is_value false
		else if contains -- $word $__passthru_values
			set is_value true
		else if not string match -q -- '-*' $word
			echo $word
			return
		end
	end
end

function __passthru_is # COMMAND...
	set -l command (__passthru_command)
	test -n "$command"; and contains -- "$command" $argv
end

# Whether migrate has neither --apply nor --undo yet.
function __passthru_is_new_migrate
	set -l words (commandline -opc)
	__passthru_is migrate; and not contains -- --apply $words; and not contains -- --undo $words
end

function __passthru_has_none
	test -z (__passthru_command | string collect)
end

# The machine that --root names, or nothing for this one.
function __passthru_root
	set -l words (commandline -opc)
	for i in (seq (count $words))
		if test "$words[$i]" = --root
			echo $words[(math $i + 1)]
		else if string match -q -- '--root=*' $words[$i]
			string replace -- --root= '' $words[$i]
		end
	end
end

# Devices as passthru list prints them, with their names: without the domain 0000, unless that is
# what was typed. What can be named has no bridges; what can be disabled is enabled, and what can
# be released is claimed.
function __passthru_devices
	set -l command (__passthru_command)
	set -l root (__passthru_root)
	set -l arguments list --json
	test -n "$root"; and set -a arguments --root $root
	passthru $arguments 2>/dev/null | awk -F '"' -v command=$command -v word=(commandline -ct | string collect) '
		function is_offered()
		{
			if (command == "disable")
				return coming == "claimed" || claimed && coming != "released"
			return command == "list" || !bridge && (command != "release" || claimed)
		}
		function offer()
		{
			name = word ~ /\// ? path : address
			sub(/^0000:/, "", name)
			if (word ~ /^000/ && name !~ /:.*:/)
				name = "0000:" name
			if (address != "" && name != "" && is_offered())
				print name "\t" vendor " " device
		}
		$2 == "address" { offer(); address = $4; path = "" }
		$2 == "path" { path = $4 }
		$2 == "vendor_name" { vendor = $4 }
		$2 == "device_name" { device = $4 }
		$2 == "class" { bridge = $4 ~ /^06/ }
		$2 == "claimed" { claimed = /true/ }
		$2 == "next_boot" { coming = $4 }
		END { offer() }'
end

function __passthru_profiles
	for file in (__passthru_root)/etc/passthru/profiles/*.conf
		string replace -r '.*/(.*)\.conf$' '$1' -- $file
	end
end

# __passthru_option COMMANDS OPTION TEXT [ARGUMENT...]: an option of these commands.
function __passthru_option
	complete -c passthru -n "__passthru_is $argv[1]" -l $argv[2] -d $argv[3] $argv[4..-1]
end

complete -c passthru -f
complete -c passthru -n __passthru_has_none -a list -d 'list the IOMMU groups and their devices'
complete -c passthru -n __passthru_has_none -a args -d 'print the kernel parameter for devices'
complete -c passthru -n __passthru_has_none -a guest -d 'print what a guest needs to use devices'
complete -c passthru -n __passthru_has_none -a rom -d 'write the video BIOS to a file'
complete -c passthru -n __passthru_has_none -a enable -d 'claim devices from the next boot on'
complete -c passthru -n __passthru_has_none -a disable -d 'leave devices to the host again'
complete -c passthru -n __passthru_has_none -a confirm -d 'keep what enable --trial has tried'
complete -c passthru -n __passthru_has_none -a claim -d 'claim devices now, if nothing uses them'
complete -c passthru -n __passthru_has_none -a release -d 'give devices back to the host now'
complete -c passthru -n __passthru_has_none -a plan -d 'show what the next boot will do'
complete -c passthru -n __passthru_has_none -a status -d 'show what this boot did'
complete -c passthru -n __passthru_has_none -a check -d 'verify the setup'
complete -c passthru -n __passthru_has_none -a migrate -d 'replace legacy settings with the kernel parameter'

complete -c passthru -l json -d 'print JSON'
complete -c passthru -s h -l help -d 'show the help'
complete -c passthru -s V -l version -d 'show the version'
# Of all commands but those that change the running machine.
complete -c passthru -n 'not __passthru_is claim release' -l root -r -F -d 'read another machine'

__passthru_option 'enable disable' dry-run 'change nothing' -s n
__passthru_option 'enable disable' undo 'restore the backup'
complete -c passthru -n __passthru_is_new_migrate -l undo -d 'restore the backups'
complete -c passthru -n __passthru_is_new_migrate -l apply -d 'make the changes'
__passthru_option disable all 'all devices'
__passthru_option 'enable disable' adopt 'count the lists of vfio-pci itself, or no longer'
__passthru_option enable iommu 'turn the IOMMU on, too, by the kernel command line'
__passthru_option 'enable claim migrate' yes 'confirm what the host would miss'
__passthru_option 'plan check' strict 'exit with 1 for a warning, too'
__passthru_option plan cmdline 'use this kernel command line' -x
__passthru_option list dump 'write what a bug report needs' -r -F
__passthru_option status format 'print in this format' -x -a 'text json prometheus nfd'
__passthru_option 'enable claim release' vfs 'a number of virtual functions, or any' -x
__passthru_option enable trial 'for one boot only, unless that is confirmed'
__passthru_option 'enable disable' profile 'a configuration that boot entries choose' -x -a '(__passthru_profiles)'
for bar in 0 1 2 3 4 5
	__passthru_option enable bar$bar 'resize this BAR' -x -a '256M 1G 8G min max'
end
__passthru_option enable reset 'choose reset methods' -x -a 'device_specific acpi flr af_flr pm bus cxl_bus'
__passthru_option enable d3cold 'let them lose their power' -x -a 'on off'
__passthru_option enable power 'keep them awake' -x -a 'on auto'
__passthru_option guest libvirt 'print elements for libvirt'
__passthru_option guest qemu 'print options of QEMU'
__passthru_option guest proxmox 'print lines for Proxmox'
__passthru_option guest kubevirt 'print YAML for KubeVirt'
__passthru_option guest rom 'give the display this ROM' -r -F
__passthru_option rom force 'replace the file if it is there'
__passthru_option 'list plan status' verbose 'name each virtual function' -s v

complete -c passthru -n '__passthru_is list' -a 'gpu audio usb disk nvme net bridge' -d 'kind of device'
complete -c passthru -n '__passthru_is list args guest rom enable disable claim release' -a '(__passthru_devices)'
