# shellcheck shell=sh
# What ./run and ./test need on the machine, and how to get it. Sourced from the repository's root.
#
# The caller says what it needs (`need_build`, `need_voices`, `need_tests`); each line adds the
# Debian packages that are missing. `install_missing` then installs them all at once, or says how.
# Where nothing is missing nothing is run but the looking: no network, no root.

missing=

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

die() {
    say "$*"
    exit 1
}

# want PACKAGE CHECK…: the package is missing when the check fails.
want() {
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}

has() { command -v "$1"; }

has_any() {
    for program in "$@"; do
        if has "$program"; then return 0; fi
    done
    return 1
}

# Looks where the dynamic loader looks: its cache, and where macOS package managers put libraries.
has_library() {
    if [ -z "${loader_cache+set}" ]; then
        loader_cache=$(/sbin/ldconfig -p 2>/dev/null || ldconfig -p 2>/dev/null || true)
    fi
    case $loader_cache in *"$1.so"*) return 0 ;; esac
    for folder in /opt/homebrew/lib /usr/local/lib; do
        for file in "$folder/$1".*dylib "$folder/$1".so*; do
            if [ -e "$file" ]; then return 0; fi
        done
    done
    return 1
}

need_build() {
    want curl has curl
    want ca-certificates has_certificates
    want gcc has_any cc gcc clang
    want libc6-dev has_c_headers
    want make has make
}

has_certificates() {
    [ "$(uname -s)" = Darwin ] || [ -e /etc/ssl/certs/ca-certificates.crt ] ||
        [ -e /etc/pki/tls/certs/ca-bundle.crt ] || [ -e /etc/ssl/cert.pem ]
}

has_c_headers() { [ "$(uname -s)" = Darwin ] || [ -e /usr/include/stdio.h ]; }

# The voices: opened at run time, so a build needs neither.
need_voices() {
    want libflite1 has_library libflite_cmu_us_rms
    want libespeak-ng1 has_library libespeak-ng
    want espeak-ng-data has_espeak_data
}

has_espeak_data() {
    for folder in /usr/lib/*/espeak-ng-data /usr/share/espeak-ng-data /usr/local/share/espeak-ng-data \
        /opt/homebrew/share/espeak-ng-data; do
        if [ -d "$folder" ]; then return 0; fi
    done
    return 1
}

# What the tests measure sound, feeds and pages with, and ALSA's headers for `--all-features`.
need_tests() {
    want git has git
    want ffmpeg has ffmpeg
    want openssl has openssl
    want espeak-ng has espeak-ng
    want flite has flite
    want python3 has python3
    want nodejs has node
    want npm has npm
    venv_is_ready || want python3-venv python3 -c 'import ensurepip, venv'
    want "$(chromium_package)" has_any chromium chromium-browser google-chrome
    if [ "$(uname -s)" = Linux ]; then
        want pkg-config has pkg-config
        want libasound2-dev pkg-config --exists alsa
    fi
}

# Ubuntu has Chromium under another name than Debian (there it is a snap).
chromium_package() {
    case $(. /etc/os-release 2>/dev/null && echo "$ID") in
        ubuntu) echo chromium-browser ;;
        *) echo chromium ;;
    esac
}

install_missing() {
    [ -n "$missing" ] || return 0
    if ! has apt-get >/dev/null; then
        tell_other_systems
        exit 1
    fi
    root=
    if [ "$(id -u)" -ne 0 ]; then
        has sudo >/dev/null || die "missing:$missing. Install them as root: apt-get install$missing"
        root=sudo
    fi
    say "installing what is missing:$missing"
    say "with: ${root:+$root }apt-get install -y --no-install-recommends$missing"
    # An update that fails (offline, one dead mirror) still leaves the lists that are there.
    $root env DEBIAN_FRONTEND=noninteractive apt-get update -qq ||
        say "apt-get update failed; trying with the package lists that are there"
    # shellcheck disable=SC2086 # a list of words
    $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends $missing >/dev/null ||
        die "apt-get could not install$missing; see its message above"
    missing=
}

tell_other_systems() {
    say "this machine lacks (by their Debian names):$missing"
    case $(uname -s) in
        Darwin)
            cat >&2 <<'END'
On macOS (not tested by us), with Homebrew (https://brew.sh):
    xcode-select --install
    brew install flite espeak-ng
and for ./test also:
    brew install ffmpeg python@3.13 node
    brew install --cask chromium
END
            ;;
        *)
            cat >&2 <<'END'
On Fedora (not tested by us):
    sudo dnf install curl gcc make flite espeak-ng
and for ./test also:
    sudo dnf install git ffmpeg-free python3 nodejs npm chromium alsa-lib-devel pkgconf-pkg-config
On other systems: a C compiler, make, curl, and the shared libraries of flite and espeak-ng.
END
            ;;
    esac
    say "then start this again"
}

# need_rust [COMPONENT…]: cargo of the pinned version or newer, with these components.
need_rust() {
    pinned=$(sed -n 's/^channel = "\(.*\)"$/\1/p' rust-toolchain.toml)
    case ":$PATH:" in *":$HOME/.cargo/bin:"*) ;; *) PATH="$PATH:$HOME/.cargo/bin" ;; esac
    export PATH
    if ! rust_is_ready "$@"; then
        install_rust "$@"
        rust_is_ready "$@" || die "cargo $pinned with: ${*:-no components} is still not there; see above"
    fi
}

rust_is_ready() {
    # A rustup that lacks the toolchain must not fetch it unannounced.
    cargo_version=$(RUSTUP_AUTO_INSTALL=0 cargo --version 2>/dev/null | cut -d ' ' -f 2)
    if [ -z "$cargo_version" ] && has rustup >/dev/null; then
        # The pinned version may be there under the name of its channel.
        cargo_version=$(RUSTUP_AUTO_INSTALL=0 RUSTUP_TOOLCHAIN=stable cargo --version 2>/dev/null | cut -d ' ' -f 2)
        if [ "$cargo_version" = "$pinned" ]; then
            export RUSTUP_TOOLCHAIN=stable
        else
            cargo_version=
        fi
    fi
    [ -n "$cargo_version" ] || return 1
    [ "$(printf '%s\n%s\n' "$pinned" "$cargo_version" | sort -V | head -n 1)" = "$pinned" ] || return 1
    for component in "$@"; do
        RUSTUP_AUTO_INSTALL=0 cargo "$component" --version >/dev/null 2>&1 || return 1
    done
}

install_rust() {
    components=
    for component in "$@"; do
        case $component in fmt) component=rustfmt ;; esac
        components="$components --component $component"
    done
    if has rustup >/dev/null; then
        say "installing Rust $pinned: rustup toolchain install $pinned --profile minimal$components"
        # shellcheck disable=SC2086 # a list of words
        rustup toolchain install "$pinned" --profile minimal $components >&2 ||
            die "rustup could not install Rust $pinned; see its message above"
        return
    fi
    say "installing Rust $pinned into ~/.cargo and ~/.rustup with rustup (https://rustup.rs)"
    say "your shell finds it after: . ~/.cargo/env"
    installer=$(mktemp)
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs -o "$installer" ||
        die "cannot fetch https://sh.rustup.rs; install Rust $pinned or newer yourself: https://rust-lang.org/tools/install"
    # shellcheck disable=SC2086 # a list of words
    sh "$installer" -y --no-modify-path --profile minimal --default-toolchain "$pinned" $components >&2 ||
        die "rustup could not install Rust $pinned; see its message above"
    rm -f "$installer"
}

# The tests' Python packages, in target/venv: made again only when the pins change.
venv_is_ready() { cmp -s tests/requirements.txt target/venv/installed.txt; }

need_venv() {
    if ! venv_is_ready; then
        say "installing the tests' Python packages (tests/requirements.txt) into target/venv"
        rm -rf target/venv
        mkdir -p target
        python3 -m venv target/venv >&2 || die "python3 -m venv failed; see its message above"
        target/venv/bin/python3 -m pip install --quiet --requirement tests/requirements.txt >&2 ||
            die "pip could not install tests/requirements.txt; see its message above"
        cp tests/requirements.txt target/venv/installed.txt
    fi
    PATH="$PWD/target/venv/bin:$PATH"
    export PATH
}

# The tests' Node packages, in target/node: made again only when the pins change.
need_node_packages() {
    cmp -s tests/node/package-lock.json target/node/installed.json && return
    say "installing the tests' Node packages (tests/node/package-lock.json) into target/node"
    rm -rf target/node
    mkdir -p target/node
    cp tests/node/package.json tests/node/package-lock.json target/node
    npm ci --prefix target/node --ignore-scripts --no-audit --no-fund --silent >&2 ||
        die "npm ci could not install tests/node/package-lock.json; see its message above"
    cp tests/node/package-lock.json target/node/installed.json
}

# cargo-deny: the machine's own, or one built into target/tools.
need_cargo_deny() {
    PATH="$PWD/target/tools/bin:$PATH"
    export PATH
    if ! has cargo-deny >/dev/null; then
        say "building cargo-deny $cargo_deny_version into target/tools (about two minutes, once)"
        cargo install --quiet --locked --root target/tools "cargo-deny@$cargo_deny_version" >&2 ||
            die "cargo install cargo-deny failed; see its message above"
    fi
}

cargo_deny_version=0.20.2
