FILESEXTRAPATHS:prepend:appliance-rk3576 := "${THISDIR}/files:${APPLIANCE_KERNEL_FRAGMENTS}:"

SRC_URI:append:appliance-rk3576 = " \
    file://appliance.cfg \
    file://appliance-rk3576.cfg \
    file://rk3576-appliance-evb1.dts \
    file://appliance-watchdog.dtsi \
    file://appliance-sound.dtsi \
    file://appliance-uart.dtsi \
    file://appliance-leds.dtsi \
    file://appliance-mute.dtsi \
"

# A newer NPU driver, if the owner names one, and a refusal of one that is too old: the runtimes of
# 2024 and later fail with it, and here that is found out sooner than on the board.
do_patch:append:appliance-rk3576() {
    if [ -n "${RKNPU_DRIVER}" ]; then
        [ -d "${RKNPU_DRIVER}/drivers/rknpu" ] || bbfatal "RKNPU_DRIVER is ${RKNPU_DRIVER}, which has no drivers/rknpu; unpack rknpu_driver_*.tar.bz2 of rknn-llm there"
        rm -rf ${S}/drivers/rknpu
        cp -R ${RKNPU_DRIVER}/drivers/rknpu ${S}/drivers/rknpu
    fi
    header=${S}/drivers/rknpu/include/rknpu_drv.h
    [ -e "$header" ] || bbfatal "this kernel has no rknpu driver ($header); docs/board-bring-up.md, NPU driver"
    version=$(awk '/#define DRIVER_(MAJOR|MINOR|PATCHLEVEL)/ { v = v * 1000 + $3 } END { print v + 0 }' "$header")
    [ "$version" -ge 9008 ] || bbfatal "the rknpu driver is older than 0.9.8 (found $version, 9008 is needed); set RKNPU_DRIVER: docs/board-bring-up.md, NPU driver"
}

do_configure:prepend:appliance-rk3576() {
    cp ${WORKDIR}/rk3576-appliance-evb1.dts ${WORKDIR}/appliance-*.dtsi ${S}/arch/arm64/boot/dts/rockchip/
}
