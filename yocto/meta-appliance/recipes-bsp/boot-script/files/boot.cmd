# Chooses a slot: the first of BOOT_ORDER that has attempts left. The counts lie in a raw partition,
# the same place that /etc/fw_env.config names; RAUC sets them back once a slot is confirmed.
# Partitions go by number: Rockchip's U-Boot is too old to know them by name everywhere.
setenv state_addr ${kernel_addr_r}
part start @DISK@ @BOOTSTATE@ state_start
setenv load_state "@READ@ read ${state_addr} ${state_start} 0x40 && env import -c ${state_addr} 0x8000 BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT"
setenv save_state "env export -c -s 0x8000 ${state_addr} BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT && @READ@ write ${state_addr} ${state_start} 0x40"

run load_state || echo "no boot state: starting afresh"
test -n "${BOOT_ORDER}" || setenv BOOT_ORDER "A B"
test -n "${BOOT_A_LEFT}" || setenv BOOT_A_LEFT 3
test -n "${BOOT_B_LEFT}" || setenv BOOT_B_LEFT 3

setenv slot
for candidate in ${BOOT_ORDER}; do
    if test -z "${slot}" && test "${candidate}" = "A" && test ${BOOT_A_LEFT} -gt 0; then
        setexpr BOOT_A_LEFT ${BOOT_A_LEFT} - 1
        setenv slot A
        setenv slot_part @SLOT_A@
        setenv slot_label rootfs_a
    fi
    if test -z "${slot}" && test "${candidate}" = "B" && test ${BOOT_B_LEFT} -gt 0; then
        setexpr BOOT_B_LEFT ${BOOT_B_LEFT} - 1
        setenv slot B
        setenv slot_part @SLOT_B@
        setenv slot_label rootfs_b
    fi
done

if test -z "${slot}"; then
    echo "no slot has attempts left: both get three more"
    setenv BOOT_A_LEFT 3
    setenv BOOT_B_LEFT 3
    run save_state
    reset
fi
run save_state

echo "slot ${slot}, attempts left: A ${BOOT_A_LEFT}, B ${BOOT_B_LEFT}"
# The seal (rootfs-overlay/seal-slot.sh) says how the kernel checks what it reads of the slot: what is not
# as it was made is not run, and the slot loses an attempt.
part start @DISK@ ${slot_part} slot_start
setexpr seal_start ${slot_start} + @SEAL@
setenv SEAL_ROOT
@READ@ read ${state_addr} ${seal_start} 8 && env import -c ${state_addr} 0x1000 SEAL_SECTORS SEAL_BLOCKS SEAL_TREE SEAL_ROOT SEAL_SALT
if test -z "${SEAL_ROOT}"; then
    echo "slot ${slot} has no seal"
    reset
fi
setenv device PARTLABEL=${slot_label}
setenv checked "slot,,,ro,0 ${SEAL_SECTORS} verity 1 ${device} ${device} 4096 4096 ${SEAL_BLOCKS} ${SEAL_TREE} sha256 ${SEAL_ROOT} ${SEAL_SALT} 1 panic_on_corruption"
setenv bootargs "root=/dev/dm-0 ro rootwait dm-mod.waitfor=${device} dm-mod.create=\"${checked}\" rauc.slot=${slot} panic=5 quiet @ARGS@"
setenv dtb_addr ${fdtcontroladdr}
if test -n "@DTB@"; then
    load @DISK@:${slot_part} ${fdt_addr_r} /boot/@DTB@ && setenv dtb_addr ${fdt_addr_r}
fi
setenv ramdisk -
if test -n "@INITRD@"; then
    load @DISK@:${slot_part} ${ramdisk_addr_r} /boot/@INITRD@ && setenv ramdisk ${ramdisk_addr_r}:${filesize}
fi
load @DISK@:${slot_part} ${kernel_addr_r} /boot/Image && booti ${kernel_addr_r} ${ramdisk} ${dtb_addr}
echo "slot ${slot} does not start"
reset
