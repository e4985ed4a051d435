#!/bin/sh
# Records what the ip command of this machine prints about a network with everything in it that the driver tells apart.
# usage, as root: ./record.sh FOLDER
set -eu
folder=$1
ns=fbt-record-$$
far=fbt-record-far-$$
monitor=
trap '[ -z "$monitor" ] || kill $monitor || true; ip netns delete $ns; ip netns delete $far' EXIT
ip netns add $ns
ip netns add $far
i() { ip -n $ns "$@"; }

ip -n $ns -o monitor link address > "$folder/monitor.txt" &
monitor=$!
until grep -q 00000111 /proc/$monitor/net/netlink && [ "$(cut -d' ' -f3 /proc/$monitor/stat)" = S ]; do :; done

i link set lo up
i link add east type veth peer name peer-of-east
i link set east up; i link set peer-of-east up
i link add west type veth peer name peer-of-west            # stays down
i link add far0 type veth peer name near0 netns $far        # its peer is in another namespace
i link add br0 type bridge
i link add port0 type veth peer name peer-of-port0
i link set port0 master br0; i link set port0 up
i link add link east name mv0 type macvlan
i link add vx0 type vxlan id 5 dev east dstport 4789
ip -n $far link add link near0 name mv1 type macvlan
ip -n $far link set mv1 netns $ns                           # its parent is in another namespace
i link add 'b@c' type veth peer name 'a\'
i link add '"q"' type veth peer name "#it's"
i link add name dynamic type veth peer name secondary            # names that are spelt like flags

i addr add 10.0.0.1/24 broadcast + dev east label east:a
i addr add 10.0.0.2/24 dev east
i addr add 10.1.0.3/24 dev east scope link
i addr add 10.0.0.1/32 dev east
i addr add 10.9.0.1 peer 10.9.0.2/32 dev east
i addr add 10.9.1.1 peer 10.9.2.1/24 broadcast 10.9.2.255 dev east
i addr add 10.8.0.1/24 metric 55 noprefixroute valid_lft 100000 preferred_lft 50000 dev east
i addr add 10.7.0.1/16 dev east valid_lft 100000 preferred_lft 0
i addr add 10.6.0.1/16 dev east scope 42
i addr add fd00::1/64 dev east nodad
i addr add fd00::2/64 dev east nodad metric 77
i addr add fd00::3/64 dev east nodad valid_lft 100000 preferred_lft 50000 noprefixroute
i addr add fd00:1::1 peer fd00:1::2/128 dev east nodad
i addr add 10.5.0.1/24 dev west
i addr add fd00:2::1/64 dev west                            # tentative: the link is down
i addr add 10.4.0.1/24 dev 'a\'
i addr add 10.4.0.1/24 dev 'b@c'
i addr add 10.4.0.1/24 dev '"q"'
i addr add 10.3.0.1/24 dev dynamic
i addr add 10.3.0.2/24 dev dynamic
i addr add 10.3.0.1/24 dev secondary
# Duplicate address detection fails where the other end has the address already.
i addr add fd00:3::1/64 dev peer-of-east nodad
i addr add fd00:3::1/64 dev east
until i addr show dev east | grep -q dadfailed; do :; done

i link add gone type veth peer name gone-too
i link set gone name renamed
i addr add 10.2.0.1/24 dev renamed
i addr del 10.2.0.1/24 dev renamed
i link del renamed

i -o -details link show > "$folder/link.txt"
# Lifetimes run: both forms are to show the same second.
until
  i -o -details address show > "$folder/address.txt"
  i -json -details address show > "$folder/address.json"
  [ "$(cat "$folder/address.txt")" = "$(i -o -details address show)" ]
do :; done
kill $monitor; monitor_done=$monitor; monitor=
wait $monitor_done 2> /dev/null || true
