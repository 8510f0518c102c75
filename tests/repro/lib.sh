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
# openssl_get PORT [MORE…]: a handshake by openssl that checks the certificate as clients should, and
# waits a moment for what the server says after it.
openssl_get() {
    local port=$1
    shift
    sleep 0.5 | timeout 10 openssl s_client -connect "10.0.3.17:$port" -servername api.example.com -verify_return_error "$@"
}
# trust_store: a Java trust store with the suite's authorities, and the options to use it.
trust_store() {
    keytool -importcert -noprompt -alias root -file "$PKI/root.pem" -keystore trust.p12 -storepass changeit > /dev/null 2>&1
    keytool -importcert -noprompt -alias rsa -file "$PKI/rsaroot.pem" -keystore trust.p12 -storepass changeit > /dev/null 2>&1
    echo "-Djavax.net.ssl.trustStore=trust.p12 -Djavax.net.ssl.trustStorePassword=changeit"
}

# module_proxy MODULE VERSION PATH=FILE…: adds a module to a proxy in the folder `proxy`, and makes
# Go use it without asking the checksum database.
module_proxy() {
    python3 "$DATA/programs/module_proxy.py" proxy "$@"
    export GOPROXY="file://$PWD/proxy" GONOSUMDB='*'
}

# nginx_with "server { … }": nginx in the foreground, its log on standard error.
nginx_with() {
    mkdir -p nginx
    cat > nginx/nginx.conf << CONF
daemon off;
master_process off;
pid $PWD/nginx/pid;
error_log stderr info;
events { worker_connections 64; }
http {
    access_log off;
    client_body_temp_path $PWD/nginx/body;
    proxy_temp_path $PWD/nginx/proxy;
    fastcgi_temp_path $PWD/nginx/fastcgi;
    uwsgi_temp_path $PWD/nginx/uwsgi;
    scgi_temp_path $PWD/nginx/scgi;
    $1
}
CONF
    exec nginx -p "$PWD/nginx" -c nginx.conf -e stderr
}

# with_resolver ADDRESS COMMAND…: runs a program that asks there for names.
with_resolver() {
    printf 'nameserver %s\noptions timeout:1 attempts:1\n' "$1" > resolv.conf
    shift
    unshare --user --map-root-user --mount sh -c \
        'mount --bind resolv.conf "$(readlink -f /etc/resolv.conf)" && exec "$@"' sh "$@"
}

py_sql() { python3 "$DATA/programs/sql.py" "$@"; }
go_sql() { "$LAB/services/go-sql/sql" "$@"; }
sql_jars() {
    local name all=
    for name in postgresql mariadb-java-client HikariCP commons-dbcp2 commons-pool2 commons-logging slf4j-api slf4j-simple; do
        all=$all:$(jar "$name")
    done
    echo "${all#:}"
}
java_sql() { java -cp "$LAB/services/java-sql:$(sql_jars)" "$@"; }

# private_postgres: PostgreSQL of this case's own on $PORT, in the folder `data`.
private_postgres() {
    initdb -D data -U postgres -A trust --no-sync > initdb.log
    printf "unix_socket_directories = ''\nfsync = off\n" >> data/postgresql.conf
    postgres -D data -p "$PORT" > server.log 2>&1 &
    wait_for 60 pg_isready -q -h 127.0.0.1 -p "$PORT"
}

# private_mysql SQL [OPTION…]: MariaDB of this case's own on $PORT, after the SQL.
private_mysql() {
    local sql=$1 base
    shift
    base=$(dirname "$(dirname "$(command -v mariadbd)")")
    mariadb-install-db --no-defaults --basedir="$base" --datadir="$PWD/data" --auth-root-authentication-method=normal --skip-test-db > install.log 2>&1
    mariadbd --no-defaults --basedir="$base" --plugin-dir="$base/lib/mysql/plugin" --datadir="$PWD/data" --socket="$PWD/socket" --port="$PORT" --bind-address=0.0.0.0 "$@" > server.log 2>&1 &
    wait_for 60 mariadb --no-defaults -S socket -u root -e 'select 1'
    mariadb --no-defaults -S socket -u root -e "delete from mysql.global_priv where user = ''; flush privileges; $sql"
}
spring_jars() {
    local name all=
    for name in spring3-core spring3-beans spring3-aop spring3-context spring3-expression spring3-jdbc spring3-transaction commons-logging postgresql; do
        all=$all:$(jar "$name")
    done
    echo "${all#:}"
}
java_spring() { java -cp "$LAB/services/java-spring:$(spring_jars)" Tx "$@"; }
