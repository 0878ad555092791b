# bash completion for passthru(8)                          -*- shell-script -*-
# shellcheck shell=bash

# The addresses of this machine, or of the one that --root names. readline ends a word at a
# colon; __ltrim_colon_completions makes up for that.
_passthru_addresses()
{
	local path

	for path in "$1"/sys/bus/pci/devices/*; do
		[[ -e $path ]] && echo "${path##*/}"
	done
}

# The paths of the devices behind bridges: the links without the numbers of the lower buses. The
# default domain may be left out.
_passthru_paths()
{
	readlink "$1"/sys/bus/pci/devices/* |
		sed -n 's,^.*/pci[0-9a-f]*:[0-9a-f]*/,,; s,/[0-9a-f]*:[0-9a-f]*:,/,g
			/\//p; s/^0000:\(.*\/\)/\1/p'
}

# Sets command and root from the words before the current one.
_passthru_read()
{
	local i

	for ((i = 1; i < cword; i++)); do
		case ${words[i]} in
		--root=*) root=${words[i]#*=} ;;
		--root) root=${words[++i]} ;;
		--cmdline | --dump | --format) ((i++)) ;;
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
	--root | --dump)
		_filedir
		return
		;;
	--cmdline)
		return
		;;
	--format)
		mapfile -t COMPREPLY < <(compgen -W "text json prometheus nfd" -- "$cur")
		return
		;;
	esac
	$split && return
	case $command in
	"") options+=" list enable disable claim release plan status check migrate args" ;;
	list) options+=" --dump gpu audio usb disk nvme net bridge" ;;
	plan) options+=" --cmdline --strict" ;;
	check) options+=" --strict" ;;
	status) options+=" --format" ;;
	enable) options+=" --dry-run --undo --yes" ;;
	claim) options="--json --yes --help --version" ;;
	release) options="--json --help --version" ;;
	disable) options+=" --all --dry-run --undo" ;;
	migrate)
		[[ " ${words[*]:1:cword-1} " == *" --"@(apply|undo)" "* ]] ||
			options+=" --apply --undo"
		options+=" --yes"
		;;
	esac
	case $command in
	list | args | enable | disable | claim | release)
		case $cur in
		-*) ;;
		*/*) options=$(_passthru_paths "$root") ;;
		*) options+=" $(_passthru_addresses "$root")" ;;
		esac
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
	__ltrim_colon_completions "$cur"
}

complete -F _passthru passthru
