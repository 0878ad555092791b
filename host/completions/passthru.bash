# bash completion for passthru(8)                          -*- shell-script -*-
# shellcheck shell=bash

# Addresses of this machine. A colon ends a word for readline, which
# __ltrim_colon_completions makes up for.
_passthru_addresses()
{
	local path

	for path in /sys/bus/pci/devices/*; do
		echo "${path##*/}"
	done
}

_passthru()
{
	local cur prev words cword command word
	local commands="list args plan status check migrate"
	local options="--json --root --help --version"

	_init_completion -n : || return
	case $prev in
	--root | --dump)
		_filedir
		return
		;;
	--cmdline)
		return
		;;
	esac
	for word in "${words[@]:1:cword-1}"; do
		case " $commands " in
		*" $word "*)
			command=$word
			break
			;;
		esac
	done
	case $command in
	"") options="$commands $options" ;;
	list) options="gpu audio usb disk net --dump $options" ;;
	args) options="--pick $options" ;;
	plan) options="--cmdline $options" ;;
	migrate) options="--apply --undo $options" ;;
	esac
	case $command in
	list | args) [[ $cur == -* ]] || options="$options $(_passthru_addresses)" ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
	__ltrim_colon_completions "$cur"
}

complete -F _passthru passthru
