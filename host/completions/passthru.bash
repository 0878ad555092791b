# bash completion for passthru(8)                          -*- shell-script -*-
# shellcheck shell=bash

# The devices of this machine, or of the one that --root names, as passthru list prints them:
# without the domain 0000, unless that is what was typed. What can be named has no bridges; what
# can be disabled is enabled, and what can be released is claimed. readline ends a word at a colon;
# __ltrim_colon_completions makes up for that.
_passthru_devices() # COMMAND ROOT WORD
{
	passthru list --json ${2:+--root "$2"} 2>/dev/null | awk -F '"' -v command="$1" -v word="$3" '
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
				print name
		}
		$2 == "address" { offer(); address = $4; path = "" }
		$2 == "path" { path = $4 }
		$2 == "class" { bridge = $4 ~ /^06/ }
		$2 == "claimed" { claimed = /true/ }
		$2 == "next_boot" { coming = $4 }
		END { offer() }'
}

# The names of the profiles.
_passthru_profiles() # ROOT
{
	local file

	for file in "$1"/etc/passthru/profiles/*.conf; do
		[[ ! -e $file ]] || basename "$file" .conf
	done
}

# Sets command and root from the words before the current one.
_passthru_read()
{
	local i

	for ((i = 1; i < cword; i++)); do
		case ${words[i]} in
		--root=*) root=${words[i]#*=} ;;
		--root) root=${words[++i]} ;;
		--cmdline | --dump | --format | --vfs | --profile | --rom | --bar[0-5] | --reset | --d3cold | --power) ((i++)) ;;
		-*) ;;
		*) command=${command:-${words[i]}} ;;
		esac
	done
}

_passthru()
{
	local cur prev words cword split=false command="" root=""
	local options="--json --root --help --version"

	_init_completion -s -n : || return
	_passthru_read
	case $prev in
	--root | --dump | --rom)
		_filedir
		return
		;;
	--cmdline | --vfs)
		return
		;;
	--profile)
		mapfile -t COMPREPLY < <(compgen -W "$(_passthru_profiles "$root")" -- "$cur")
		return
		;;
	--bar[0-5])
		mapfile -t COMPREPLY < <(compgen -W "256M 1G 8G min max" -- "$cur")
		return
		;;
	--reset)
		mapfile -t COMPREPLY < <(compgen -W "device_specific acpi flr af_flr pm bus cxl_bus" -- "$cur")
		return
		;;
	--d3cold)
		mapfile -t COMPREPLY < <(compgen -W "on off" -- "$cur")
		return
		;;
	--power)
		mapfile -t COMPREPLY < <(compgen -W "on auto" -- "$cur")
		return
		;;
	--format)
		mapfile -t COMPREPLY < <(compgen -W "text json prometheus nfd" -- "$cur")
		return
		;;
	esac
	$split && return
	case $command in
	"") options+=" list enable disable confirm claim release plan status check migrate args guest rom" ;;
	list) options+=" --dump --verbose gpu audio usb disk nvme net bridge" ;;
	plan) options+=" --cmdline --strict --verbose" ;;
	check) options+=" --strict" ;;
	status) options+=" --format --verbose" ;;
	enable) options+=" --adopt --dry-run --iommu --profile --undo --trial --trial= --vfs --yes --bar0 --bar1 --bar2 --bar3 --bar4 --bar5 --reset --d3cold --power" ;;
	claim) options="--json --vfs --yes --help --version" ;;
	release) options="--json --vfs --help --version" ;;
	guest) options+=" --libvirt --qemu --qemu= --proxmox --kubevirt --rom" ;;
	rom) options+=" --force" ;;
	disable) options+=" --adopt --all --dry-run --profile --undo" ;;
	migrate)
		[[ " ${words[*]:1:cword-1} " == *" --"@(apply|undo)" "* ]] ||
			options+=" --apply --undo"
		options+=" --yes"
		;;
	esac
	case $command in
	list | args | guest | rom | enable | disable | claim | release)
		case $cur in
		-*) ;;
		*) options+=" $(_passthru_devices "$command" "$root" "$cur")" ;;
		esac
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
	__ltrim_colon_completions "$cur"
}

complete -F _passthru passthru
