# Makes certificates of every kind in the current folder; fixed dates, so that messages are the same
# in every run.
#
# root.pem is the authority that clients trust when told to, inter.pem its intermediate. Each NAME
# has NAME.pem and NAME.key; a server should send inter.pem with it.
set -eu

cat > ca.cnf <<'CONF'
[ca]
default_ca = this
[this]
new_certs_dir = .
database = index.txt
serial = serial
default_md = sha256
policy = any
unique_subject = no
email_in_dn = no
copy_extensions = none
default_crl_days = 36500
[any]
commonName = supplied
organizationName = optional
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = CA:FALSE
subjectAltName = DNS:api.example.com, DNS:goproxy.corp.example, DNS:proxy.golang.org, DNS:git.corp.example, DNS:pg-primary
extendedKeyUsage = serverAuth
[wronghost]
basicConstraints = CA:FALSE
subjectAltName = DNS:www.example.net
extendedKeyUsage = serverAuth
[cnonly]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
[client]
basicConstraints = CA:FALSE
extendedKeyUsage = clientAuth
[clientname]
basicConstraints = CA:FALSE
subjectAltName = DNS:api.example.com
extendedKeyUsage = clientAuth
CONF
: > index.txt
echo 1000 > serial

key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"; }
rsa() { openssl genpkey -quiet -algorithm RSA -pkeyopt "rsa_keygen_bits:$2" -out "$1.key"; }

# sign NAME SUBJECT ISSUER EXTENSIONS START END [MORE…]; ISSUER "self" signs with its own key.
sign() {
    local name=$1 subject=$2 issuer=$3 extensions=$4 start=$5 end=$6
    shift 6
    openssl req -new -key "$name.key" -subj "$subject" -out "$name.csr"
    local by="-cert $issuer.pem -keyfile $issuer.key"
    [ "$issuer" = self ] && by="-selfsign -keyfile $name.key"
    # shellcheck disable=SC2086 # two words each
    openssl ca -batch -notext -config ca.cnf $by -in "$name.csr" -extensions "$extensions" \
        -startdate "$start" -enddate "$end" -out "$name.pem" "$@"
}
long="20250101000000Z 20491231235959Z"

# shellcheck disable=SC2086 # $long is two words everywhere
make_all() {
    key root && sign root "/O=Example Corp/CN=Example Corp Root CA" self root $long
    key inter && sign inter "/O=Example Corp/CN=Example Corp Issuing CA" root root $long
    for name in good incomplete revoked; do
        key $name && sign $name "/CN=api.example.com" inter server $long
    done
    key expired && sign expired "/CN=api.example.com" inter server 20240101000000Z 20240430235959Z
    key notyet && sign notyet "/CN=api.example.com" inter server 20480101000000Z 20491231235959Z
    key wronghost && sign wronghost "/CN=www.example.net" inter wronghost $long
    key cnonly && sign cnonly "/CN=api.example.com" inter cnonly $long
    key clientname && sign clientname "/CN=api.example.com" inter clientname $long
    key client && sign client "/CN=order-service" inter client $long
    key selfsigned && sign selfsigned "/CN=api.example.com" self server $long
    key stranger && sign stranger "/CN=order-service" self client $long
    rsa weak 1024 && sign weak "/CN=api.example.com" inter server $long
    # The authority's key decides the algorithm's name: an RSA authority for SHA-1 and MD5.
    rsa rsaroot 2048 && sign rsaroot "/O=Example Corp/CN=Example Corp RSA CA" self root $long
    rsa sha1 2048 && sign sha1 "/CN=api.example.com" rsaroot server $long -md sha1
    rsa md5 2048 && sign md5 "/CN=api.example.com" rsaroot server $long -md md5
    rsa rsagood 2048 && sign rsagood "/CN=api.example.com" rsaroot server $long
    openssl ca -config ca.cnf -cert inter.pem -keyfile inter.key -revoke revoked.pem -crl_reason keyCompromise
    openssl ca -config ca.cnf -cert inter.pem -keyfile inter.key -gencrl -out inter.crl
    openssl ca -config ca.cnf -cert root.pem -keyfile root.key -gencrl -out root.crl
    cat good.pem inter.pem > good.chain.pem
    cat client.pem inter.pem > client.chain.pem
    cat inter.pem root.pem > withroot.pem
    cat root.pem rsaroot.pem > trusted.pem
    # Oakley group 2 of RFC 2409: 1024 bits, too few for clients of today.
    cat > dh1024.pem <<'PEM'
-----BEGIN DH PARAMETERS-----
MIGHAoGBAP//////////yQ/aoiFowjTExmKLgNwc0SkCTgiKZ8x0Agu+pjsTmyJR
Sgh5jjQE3e+VGbPNOkMbMCsKbfJfFDdP4TVtbVHCReSFtXZiXn7G9ExC6aY37WsL
/1y29Aa37e44a/taiZ+lrp8kEXxLH+ZJKGZR7OZTgf//////////AgEC
-----END DH PARAMETERS-----
PEM
    openssl pkcs12 -export -in good.chain.pem -inkey good.key -passout pass:changeit -out good.p12
    openssl rsa -aes128 -passout pass:secret -in rsagood.key -out locked.key
}
make_all > pki.log 2>&1 || { cat pki.log; exit 1; }
touch made
