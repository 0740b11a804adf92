# What bin/demo and bin/test share: the build directory and the packages of the system.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/guanjia
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}
mkdir -p "$CARGO_TARGET_DIR"

# need PACKAGE... : installs the Debian packages that are missing, or says which are and stops.
need() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
      sudo=(sudo)
    else
      echo "缺少软件包 missing packages: ${missing[*]}" >&2
      echo "请以管理员身份安装后再试 install them as root, then run this again: apt-get install ${missing[*]}" >&2
      exit 2
    fi
  fi
  echo "安装 installing: ${missing[*]}" >&2
  "${sudo[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

command -v cargo >/dev/null || { echo "需要 Rust 工具链 the Rust toolchain is needed: cargo was not found" >&2; exit 2; }
