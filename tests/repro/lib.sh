# Shell functions for the cases. Everything that a case starts ends with it.

# wait_for SECONDS COMMAND…: tries until it succeeds.
wait_for() {
    local tries=$(($1 * 20))
    shift
    while ! "$@" > /dev/null 2>&1; do
        tries=$((tries - 1))
        if [ "$tries" -le 0 ]; then
            echo "gave up waiting for: $*"
            return 1
        fi
        sleep 0.05
    done
}

# listening ADDRESS PORT: true once something accepts connections there.
listening() {
    (exec 3<> "/dev/tcp/$1/$2") 2> /dev/null
}

# go_module NAME [GO_VERSION]: an empty module with a main package in the current folder.
go_module() {
    printf 'module %s\n\ngo %s\n' "$1" "${2:-1.21}" > go.mod
    printf 'package main\n\nfunc main() {}\n' > main.go
}

# Go: one build cache for all cases, everything else private; no switch to other toolchains.
export GOROOT="" GOTOOLCHAIN=local GOFLAGS="" GO111MODULE="" GOPROXY=off GONOSUMDB="" GOTELEMETRY=off
export GOPATH="$PWD/gopath" GOMODCACHE="$PWD/gopath/pkg/mod" GOCACHE="$KIT/gocache" GOENV="$PWD/goenv"
unset GOROOT

# jar NAME: where Debian put this jar; empty where it didn't.
jar() {
    local folder
    for folder in "$DEBIAN/usr/share/java" /usr/share/java; do
        if [ -e "$folder/$1.jar" ]; then
            echo "$folder/$1.jar"
            return
        fi
    done
}

# jar_version NAME: the version in the name of the file that the jar is linked with.
jar_version() {
    local folder version
    folder=$(dirname "$(jar "$1")")
    version=$(cd "$folder" && ls -d "$1"-[0-9]*.jar | head -1)
    version=${version#"$1"-}
    echo "${version%.jar}"
}

# go_source IMPORT: is the source of this package there?
go_source() {
    [ -d "$DEBIAN/usr/share/gocode/src/$1" ] || [ -d "/usr/share/gocode/src/$1" ]
}

PKI=$LAB/services/pki

# Fetching with each client; the certificate authority is the second argument where one is trusted.
go_net() { "$LAB/services/go-programs/net" "$@"; }
java_net() { java -cp "$LAB/services/java-programs" "$@"; }
py_get() { python3 "$DATA/programs/get.py" "$@"; }
node_get() { node "$DATA/programs/get.cjs" "$@"; }
# openssl_get PORT [MORE…]: a handshake by openssl that checks the certificate as clients should.
openssl_get() {
    local port=$1
    shift
    timeout 10 openssl s_client -connect "10.0.3.17:$port" -servername api.example.com -verify_return_error "$@" < /dev/null
}
# trust_store: a Java trust store with the suite's authorities, and the options to use it.
trust_store() {
    keytool -importcert -noprompt -alias root -file "$PKI/root.pem" -keystore trust.p12 -storepass changeit > /dev/null 2>&1
    keytool -importcert -noprompt -alias rsa -file "$PKI/rsaroot.pem" -keystore trust.p12 -storepass changeit > /dev/null 2>&1
    echo "-Djavax.net.ssl.trustStore=trust.p12 -Djavax.net.ssl.trustStorePassword=changeit"
}
