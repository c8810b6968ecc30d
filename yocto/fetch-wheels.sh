#!/bin/sh
# Fills a folder with the wheels that the image's recipes name, each checked against
# requirements.lock. BitBake takes them from there and needs no package index.
#
#   yocto/fetch-wheels.sh [FOLDER]            download what is missing (default: yocto/wheels)
#   yocto/fetch-wheels.sh --update [FOLDER]   lock anew from pyproject.toml, download, write recipes
#
# Needs pip; --update also uv, which `./dev test` installs.
set -eu
cd "$(dirname "$0")/.."
lock=yocto/requirements.lock
python=3.12 # of Yocto's scarthgap

update=
[ "${1:-}" != --update ] || { update=1 && shift; }
case ${1:-} in -*) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0" >&2; exit 2 ;; esac
folder=${1:-yocto/wheels}
mkdir -p "$folder"
wheels=$(mktemp)
trap 'rm -f "$wheels" "$wheels.sdist"' EXIT

if [ "$update" ]; then
    .venv/bin/uv pip compile --quiet pyproject.toml --extra live --extra gpio --extra meaning \
        --constraint requirements.lock --generate-hashes --no-header --no-annotate \
        --no-emit-index-url --python-version "$python" \
        --python-platform aarch64-manylinux_2_28 -o "$lock"
fi

# The lock without the packages that are compiled (their source is fetched below) or come with Yocto.
awk -v out="$wheels" '/^[^ ]/ { name = $1; sub(/==.*/, "", name) }
    name == "pocketsphinx" { print > (out ".sdist"); next }
    name != "pyaudio" { print > out }' "$lock"

platforms=
for glibc in 17 24 26 27 28 31 34; do
    platforms="$platforms --platform manylinux_2_${glibc}_aarch64"
done
# shellcheck disable=SC2086  # a list of words
python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
    --only-binary :all: --implementation cp --python-version "$python" \
    --abi cp312 --abi abi3 --abi none $platforms --platform manylinux2014_aarch64 \
    --requirement "$wheels" --dest "$folder"
python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
    --no-binary pocketsphinx --requirement "$wheels.sdist" --dest "$folder"

[ -z "$update" ] || python3 yocto/wheels.py "$folder"
python3 yocto/wheels.py --check "$folder"
