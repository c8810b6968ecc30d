#!/bin/sh
# Lays the overlay over a root file system; both builders (QEMU rig, Yocto) call it.
#
#   install.sh [--board NAME] [--settings FILE] [--profile NAME] DESTDIR   install, then check
#   install.sh --check DESTDIR                                             check only
#   install.sh --help
#
#   --board NAME      the hardware; a bundle for another board is refused (default rk3576)
#   --settings FILE   what that hardware has: its light, its mute switch (default: neither)
#   --profile NAME    which engines the service uses (default bundled)
#
# May be run again; needs no network. Ownership is set and checked only where it is run by root
# (fakeroot and pseudo count). Users are created where DESTDIR has /etc/passwd and this machine has
# systemd-sysusers; else the builder has to, from usr/lib/sysusers.d/appliance.conf.
# Exit status: 0 done, 1 DESTDIR is not as it must be, 2 misuse.
set -eu
umask 022
overlay=$(cd "$(dirname "$0")" && pwd)
board=rk3576 settings=etc/appliance/board.toml profile=bundled check_only=

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

file() {
    [ -f "${1:-}" ] || fail "\`${1:-}\` is no file; --settings takes the board's settings, as TOML" 2
    echo "$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"
}

is_root() { [ "$(id -u)" -eq 0 ]; }

# What is installed, by kind; names without blanks, quotes and backslashes, which xargs would take.
texts() { find etc usr -type f ! -path 'usr/libexec/*' | LC_ALL=C sort; }
programs() { find usr/libexec -type f | LC_ALL=C sort; }
links() { find etc usr -type l | LC_ALL=C sort; }
targets() { links | (cd "$1" && xargs ls -ld) | sed 's/.* \([^ ]* -> \)/\1/'; }

# Runs in the overlay's folder. Folders that are there stay as they are.
install_all() {
    { texts && programs && links; } | tar -cf - -T - | tar -xf - -C "$root"
    sed "s/@BOARD@/$board/" etc/rauc/system.conf > "$root/etc/rauc/system.conf"
    sed "s/@PROFILE@/$profile/" etc/appliance/service.env > "$root/etc/appliance/service.env"
    cat "$settings" > "$root/etc/appliance/board.toml"
    (cd "$root" && mkdir -p data run tmp var)
    texts | (cd "$root" && xargs chmod 644)
    programs | (cd "$root" && xargs chmod 755)
    if is_root; then
        { texts && programs && links; } | (cd "$root" && xargs chown -h 0:0)
    fi
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

# Prints those paths of the standard input that are missing or are not as the tests of `find` say.
others() {
    (
        cd "$root"
        paths=$(cat)
        if is_root; then set -- "$@" -user 0 -group 0; fi
        # shellcheck disable=SC2086  # a list of words
        find $paths -prune ! \( "$@" \) 2>&1 || true
    )
}

check_all() {
    wrong=$(texts | others -type f -perm 644
        programs | others -type f -perm 755
        links | others -type l)
    [ -z "$wrong" ] || fail "missing, or wrong in type, mode or owner: $wrong; install again"
    [ "$(targets .)" = "$(targets "$root")" ] || fail "links lead elsewhere; install again"
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
    --settings) settings=$(file "${2:-}"); shift 2 ;;
    --profile) profile=$(name "${2:-}"); shift 2 ;;
    -*) fail "there is no option $1; see --help" 2 ;;
    *) break ;;
    esac
done
[ $# -eq 1 ] || fail "one DESTDIR is needed; see --help" 2
[ -d "$1" ] || fail "$1 is no folder; make it first" 2
root=$(cd "$1" && pwd -P)
[ "$root" != / ] || fail "this machine's own root is not an image; name another DESTDIR" 2
cd "$overlay"
[ "$check_only" ] || install_all
check_all
