# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "Fundamental package for array computing in Python"
DESCRIPTION = "Fundamental package for array computing in Python: the Python package numpy, as its authors built it"
HOMEPAGE = "https://numpy.org"
LICENSE = "BSD-3-Clause & 0BSD & MIT & Zlib & CC0-1.0"
LIC_FILES_CHKSUM = "file://numpy-2.5.5.dist-info/licenses/LICENSE.txt;md5=a5159eb931d25f5483ae19fd3552ef39 \
                    file://numpy-2.5.5.dist-info/licenses/numpy/_core/include/numpy/libdivide/LICENSE.txt;md5=e1c97b70a98c8ec5aff0aa275fdb2c91 \
                    file://numpy-2.5.5.dist-info/licenses/numpy/_core/src/common/pythoncapi-compat/COPYING;md5=f74f54822fab8814a50330e4e4578b88 \
                    file://numpy-2.5.5.dist-info/licenses/numpy/_core/src/highway/LICENSE;md5=e583f1fc1c22da0f388b23a31df5b591 \
                    file://numpy-2.5.5.dist-info/licenses/numpy/_core/src/npysort/x86-simd-sort/LICENSE.md;md5=32e4087908578b334f5b91fce7a470a0 \
                    file://numpy-2.5.5.dist-info/licenses/numpy/_core/src/umath/svml/LICENSE;md5=54d69368f84829557fb97f5e81ab3b64 \
                    file://numpy-2.5.5.dist-info/licenses/numpy/fft/pocketfft/LICENSE.md;md5=bb0e49a83ba802d32f3a05a7b8b2180b \
                    file://numpy-2.5.5.dist-info/licenses/numpy/linalg/lapack_lite/LICENSE.txt;md5=7d9f3a90a3f3d41052b70a31c1daf8ad \
                    file://numpy-2.5.5.dist-info/licenses/numpy/ma/LICENSE;md5=560a44ba225da50f5d488426818c8474 \
                    file://numpy-2.5.5.dist-info/licenses/numpy/random/LICENSE.md;md5=09b2aa3c0d32aea36fb330dc9c728fc4 \
                    file://numpy-2.5.5.dist-info/licenses/numpy/random/src/distributions/LICENSE.md;md5=0a26f80d7361a8d65d2f8daf8c7e3de8 \
                    file://numpy-2.5.5.dist-info/licenses/numpy/random/src/mt19937/LICENSE.md;md5=58535013375c548c899f1d5b80a0e886 \
                    file://numpy-2.5.5.dist-info/licenses/numpy/random/src/pcg64/LICENSE.md;md5=5d0d131c837b97f368c758589b4e82f0 \
                    file://numpy-2.5.5.dist-info/licenses/numpy/random/src/philox/LICENSE.md;md5=d1f2eb63cadd62578bd54c4a7f20f03e \
                    file://numpy-2.5.5.dist-info/licenses/numpy/random/src/sfc64/LICENSE.md;md5=ad204ac84919852ee6d8e4154dddca08 \
                    file://numpy-2.5.5.dist-info/licenses/numpy/random/src/splitmix64/LICENSE.md;md5=aed2fe30600fb0e72efc56b188d9e0df"

WHEEL = "numpy-2.5.5-cp312-cp312-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "a0750f2156d53446caca85663d0b65d67214e1664b9050454a731ea1418d176a"

inherit wheel

CVE_PRODUCT = "numpy"
