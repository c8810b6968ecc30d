# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "Screen-scraping library"
DESCRIPTION = "Screen-scraping library: the Python package beautifulsoup4, as its authors built it"
HOMEPAGE = "https://www.crummy.com/software/BeautifulSoup/bs4/download/"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://beautifulsoup4-4.15.0.dist-info/licenses/LICENSE;md5=96e0034f7c9443910c486773aa1ed9ac"

WHEEL = "beautifulsoup4-4.15.0-py3-none-any.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "d6f88de62e1d4e38ecb1077eb9724cd0eff29d2a08ca16a401e9b9e93f117cf9"

inherit wheel

CVE_PRODUCT = "beautifulsoup4"
