#!/bin/sh
# Lays the overlay over a root file system; both builders (QEMU rig, Yocto) call it.
#
#   install.sh [--board NAME] [--profile NAME] DESTDIR   install, then check
#   install.sh --check DESTDIR                           check only
#   install.sh --help
#
#   --board NAME     the hardware; a bundle for another board is refused (default rk3576)
#   --profile NAME   which engines the service uses (default bundled)
#
# May be run again; needs no network. Ownership is set and checked only where it is run by root
# (fakeroot and pseudo count). Users are created where DESTDIR has /etc/passwd and this machine has
# systemd-sysusers; else the builder has to, from usr/lib/sysusers.d/appliance.conf.
# Exit status: 0 done, 1 DESTDIR is not as it must be, 2 misuse.
set -eu
umask 022
overlay=$(cd "$(dirname "$0")" && pwd)
board=rk3576 profile=bundled check_only=

usage() { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$overlay/install.sh"; }

fail() {
    echo "error: $1" >&2
    exit "${2:-1}"
}

name() {
    case ${1:-} in
    '' | *[!a-z0-9-]*) fail "\`${1:-}\` is no name; it has letters, digits and - only; see --help" 2 ;;
    esac
    echo "$1"
}

is_root() { [ "$(id -u)" -eq 0 ]; }

files() { (cd "$overlay" && find etc usr -type "$1" | LC_ALL=C sort); }

# What a file of the overlay holds once it is installed.
content() {
    case $1 in
    etc/rauc/system.conf) sed "s/@BOARD@/$board/" "$overlay/$1" ;;
    etc/appliance/service.env) sed "s/@PROFILE@/$profile/" "$overlay/$1" ;;
    *) cat "$overlay/$1" ;;
    esac
}

mode() { if [ -x "$overlay/$1" ]; then echo 755; else echo 644; fi; }

install_file() {
    content "$1" > "$root/$1.new"
    chmod "$(mode "$1")" "$root/$1.new"
    mv -f "$root/$1.new" "$root/$1"
    own "$1"
}

install_link() {
    ln -sfn "$(readlink "$overlay/$1")" "$root/$1"
    own "$1"
}

own() { if is_root; then chown -h 0:0 "$root/$1"; fi; }

install_all() {
    files d | while read -r path; do mkdir -p "$root/$path"; done
    files f | while read -r path; do install_file "$path"; done
    files l | while read -r path; do install_link "$path"; done
    for path in data run tmp var; do mkdir -p "$root/$path"; done
    # Empty: systemd makes one up at each boot, and does not take each boot for the first.
    rm -f "$root/etc/machine-id"
    : > "$root/etc/machine-id"
    create_users
}

create_users() {
    if [ -e "$root/etc/passwd" ] && command -v systemd-sysusers >/dev/null; then
        systemd-sysusers --root="$root" appliance.conf
    else
        echo "users are left to the builder: usr/lib/sysusers.d/appliance.conf" >&2
    fi
}

# Whether it is of this type (f, l), and has this mode and root as its owner.
is_as_it_must_be() {
    set -- "$root/$1" -prune -type "$2" ${3:+-perm "$3"}
    if is_root; then set -- "$@" -user 0 -group 0; fi
    [ -n "$(find "$@" 2>/dev/null)" ]
}

check_all() {
    files f | while read -r path; do
        is_as_it_must_be "$path" f "$(mode "$path")" ||
            fail "/$path is missing, or its mode or owner is wrong; install again"
        [ "$check_only" ] || content "$path" | cmp -s - "$root/$path" ||
            fail "/$path holds something else; install again"
    done
    files l | while read -r path; do
        is_as_it_must_be "$path" l || fail "/$path is no link of root; install again"
        [ "$(readlink "$root/$path")" = "$(readlink "$overlay/$path")" ] ||
            fail "/$path leads elsewhere; install again"
    done
    nobody_can_log_in
}

# In shadow, what begins with ! or * fits no password; in passwd, x means: see shadow.
nobody_can_log_in() {
    for file in passwd:x shadow:; do
        path=etc/${file%%:*} also=${file#*:}
        [ -e "$root/$path" ] || continue
        who=$(awk -F: -v also="$also" \
            '$2 !~ /^[!*]/ && (also == "" || $2 != also) { print $1; exit }' "$root/$path")
        [ -z "$who" ] ||
            fail "\`$who\` can log in; /$path has an empty password or a hash; lock it: usermod -L"
    done
}

while [ $# -gt 0 ]; do
    case $1 in
    --help) usage; exit 0 ;;
    --check) check_only=1; shift ;;
    --board) board=$(name "${2:-}"); shift 2 ;;
    --profile) profile=$(name "${2:-}"); shift 2 ;;
    -*) fail "there is no option $1; see --help" 2 ;;
    *) break ;;
    esac
done
[ $# -eq 1 ] || fail "one DESTDIR is needed; see --help" 2
[ -d "$1" ] || fail "$1 is no folder; make it first" 2
root=$(cd "$1" && pwd -P)
[ "$root" != / ] || fail "this machine's own root is not an image; name another DESTDIR" 2
[ "$check_only" ] || install_all
check_all
