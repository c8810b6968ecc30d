#!/bin/sh
# Seals the image of a root slot (dm-verity): behind its file system come the seal, which the boot script
# reads, and the tree of hashes, by which the kernel checks each block as it is read.
#
#     seal-slot.sh IMAGE AT_MB
#
# AT_MB: where the seal lies, in MiB from the slot's beginning; the boot script was told the same.
# Needs veritysetup (cryptsetup) and mkenvimage (u-boot-tools).
set -eu
[ $# = 2 ] || { sed -n 's/^# \{0,1\}//; 2,9p' "$0"; exit 2; }
image=$1
at=$(($2 * 1048576))
size=$(stat -c %s "$image")
fail() { echo "seal-slot: $*" >&2; exit 1; }
[ "$size" -le "$at" ] || fail "$image has $size bytes; the seal would lie at $at, within it"
[ $((size % 4096)) = 0 ] || fail "$image is no file system of blocks of 4096 bytes"

# The same image gets the same seal.
salt=$(sha256sum "$image" | cut -d ' ' -f 1)
truncate -s $((at + 4096)) "$image"
root=$(veritysetup format --no-superblock --hash=sha256 --salt="$salt" \
    --data-block-size=4096 --hash-block-size=4096 \
    --data-blocks=$((size / 4096)) --hash-offset=$((at + 4096)) "$image" "$image" |
    sed -n 's/^Root hash:[[:space:]]*//p')
[ -n "$root" ] || fail "veritysetup told no root hash"
printf 'SEAL_SECTORS=%d\nSEAL_BLOCKS=%d\nSEAL_TREE=%d\nSEAL_ROOT=%s\nSEAL_SALT=%s\n' \
    $((size / 512)) $((size / 4096)) $(((at + 4096) / 4096)) "$root" "$salt" |
    mkenvimage -s 0x1000 -o "$image.seal" -
dd if="$image.seal" of="$image" bs=4096 seek=$((at / 4096)) conv=notrunc status=none
rm "$image.seal"
