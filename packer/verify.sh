#!/bin/sh
# Runs in the booted system VM. Writes one "check: finding" line each to /run/verification; the first check that fails
# ends it with a sentence. Needs CONTROL, the control address.
set -eu
report=/run/verification
: >"$report"
found() { echo "$1: $2" | tee -a "$report"; }
refuse() { echo "verification failed: $*" >&2; exit 1; }

# A unit that is still starting is neither failed nor done.
tries=0
until [ "$(systemctl show --property=ActiveState --value sysvm.target)" = active ] || [ $tries -ge 60 ]; do
  tries=$((tries + 1))
  sleep 1
done
failed=$(systemctl list-units --failed --no-legend --plain)
[ -z "$failed" ] || refuse "units failed: $failed"
found units "none failed"

awk '$2 == "/" && $4 ~ /(^|,)ro(,|$)/ { found = 1 } END { exit !found }' /proc/mounts || refuse "the root is writable"
awk '$2 == "/var/lib/sysvm" && $3 == "ext4" && $4 ~ /nosuid/ { found = 1 } END { exit !found }' /proc/mounts ||
  refuse "the state partition is not mounted"
found filesystems "root read-only, state on ext4"

listening=$(ss -Hlntu | awk '{ print $1, $5 }')
[ "$listening" = "tcp $CONTROL:3922" ] || refuse "listening are: $listening"
found listening "sshd on the control address only"

awk -F: '$2 != "*" && $2 != "!*" && $2 != "!" { bad = bad " " $1 } END { if (bad != "") { print bad; exit 1 } }' /etc/shadow ||
  refuse "users with a password"
[ -z "$(find / -xdev -perm -4000 -type f 2>/dev/null)" ] || refuse "setuid programs: $(find / -xdev -perm -4000 -type f)"
found users "no password, no setuid program"

effective=$(sshd -T -C user=control,host=h,addr=169.254.0.1 2>/dev/null)
for line in 'passwordauthentication no' 'kbdinteractiveauthentication no' 'permitemptypasswords no' \
  'permitrootlogin without-password' 'hostkeyalgorithms ssh-ed25519' 'permitopen \[/run/sysvm/agent.sock\]:\*' \
  'allowstreamlocalforwarding local' 'allowagentforwarding no' 'permittunnel no' 'permittty no' 'x11forwarding no' \
  'authenticationmethods publickey'; do
  echo "$effective" | grep -qix "$line" || refuse "sshd does not say: $line"
done
echo "$effective" | grep -Eiq '^(ciphers|macs|kexalgorithms) .*(cbc|sha1([^0-9]|$)|md5|group14|group1-|umac-64)' && refuse "sshd offers old algorithms"
found sshd "keys only, modern algorithms"

for module in 8021q bonding bridge dummy esp4 geneve gre ifb ip_gre ip_vs macvlan nf_conntrack nf_flow_table nf_nat \
  nf_tables nft_ct nft_fib_inet nft_limit nft_log nft_masq nft_nat nft_numgen nft_redir nft_reject_inet openvswitch \
  sch_htb sch_netem sch_ingress tun veth vrf vxlan wireguard xfrm_user xfrm_interface l2tp_eth nfs; do
  modprobe "$module" 2>/run/modprobe || refuse "module $module does not load: $(cat /run/modprobe)"
done
found modules "all load"

found kernel "$(uname -r)"
found node "$(/usr/lib/sysvm/node --version)"
found nftables "$(nft --version)"
found kea "$(kea-dhcp4 -v)"
found dnsmasq "$(dnsmasq --version | head -n 1 | cut -d' ' -f3)"
found haproxy "$(haproxy -v | head -n 1 | cut -d' ' -f3)"
# These tell their version only with documentation or a running daemon.
packaged() { awk -v name="$1" '$1 == "Package:" { this = $2 } $1 == "Version:" && this == name { print $2 }' /var/lib/dpkg/status; }
found keepalived "$(packaged keepalived)"
found conntrackd "$(conntrackd -v 2>&1 | head -n 1)"
found strongswan "$(packaged charon-systemd)"
found openssh "$(sshd -V 2>&1)"

agent=$(systemctl show --property=MainPID --value sysvm-agent.service)
found agent-pss "$(awk '/^Pss:/ { print $2 " KiB" }' "/proc/$agent/smaps_rollup")"
found memory "$(awk '/^MemTotal/ { total = $2 } /^MemAvailable/ { print total - $2 " of " total " KiB used" }' /proc/meminfo)"
found boot "$(systemd-analyze time | head -n 1)"
