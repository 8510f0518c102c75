#!/bin/sh
# The world that faults are made in: a network of its own with nothing behind it, names of its own,
# an ordinary user. Runs as the first process of new namespaces, where it may set these up; then
# becomes the given command, which may not.
#
# usage: world.sh LAB COMMAND…
set -eu
lab=$1
shift
etc=$lab/etc
mkdir -p "$etc" "$lab/full" "$lab/readonly"

# Only loopback leads anywhere. 10.0.3.17 is "the other machine"; services listen there.
ip link set lo up
ip addr add 10.0.3.17/32 dev lo
ip route add unreachable 10.9.1.0/24
ip route add prohibit 10.9.2.0/24

# 10.9.3.9 takes packets and never answers; 10.9.3.8 is a neighbour who isn't there.
ip link add dark0 type veth peer name dark1
ip addr add 10.9.3.1/24 dev dark0
ip link set dark0 up
ip link set dark1 up
ip neigh add 10.9.3.9 lladdr 02:00:00:00:00:09 dev dark0

# A connect that nobody answers gives up after 3 s instead of 127 s.
echo 1 > /proc/sys/net/ipv4/tcp_syn_retries
# An ordinary user may listen on 53, 80 and 443 here.
echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start

# dnsmasq answers for these names and says NXDOMAIN for all others.
cat > "$etc/hosts" <<'NAMES'
127.0.0.1 localhost
10.0.3.17 api.example.com pg-primary mysql-primary cache-1 nats-1 order-api goproxy.corp.example proxy.golang.org sum.golang.org git.corp.example
10.9.3.9 dark.example.com
NAMES
printf '127.0.0.1 localhost\n' > "$etc/hosts.local"
printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' > "$etc/resolv.conf"
printf 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:app:%s/home:/bin/sh\n' "$lab" > "$etc/passwd"
printf 'root:x:0:\napp:x:1000:\n' > "$etc/group"
# What nsswitch asks besides files and DNS differs between machines.
printf 'passwd: files\ngroup: files\nhosts: files dns\n' > "$etc/nsswitch.conf"
mount --bind "$etc/hosts.local" /etc/hosts
for file in resolv.conf passwd group nsswitch.conf; do
    mount --bind "$etc/$file" "$(readlink -f "/etc/$file")"
done

# A disk with 64 KiB left to write, and one that can't be written.
mount -t tmpfs -o size=64k none "$lab/full"
chmod 0777 "$lab/full"
mount -t tmpfs -o ro,size=64k none "$lab/readonly"

exec unshare --user --map-user=1000 --map-group=1000 "$@"
