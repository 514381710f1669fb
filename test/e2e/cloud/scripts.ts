import { type Driver, plan } from './index.ts'

/** User data of guests, for busybox; each prints facts as `sysvm-guest: key=value`. */
const say = (key: string, value: string): string => `echo "sysvm-guest: ${key}=${value}"\n`

/** Seconds between a guest's requests: an emulated one that never rests leaves its router no processor to answer with. */
export const pauseOf = (driver: Driver): number => (driver === 'kvm' ? 1 : 0.2)

/** Asks the metadata server and the outside once, and says what came back. */
export const proveAll = `#!/bin/sh
get() { timeout 5 wget -q -O - "$1"; }
until page=$(get http://${plan.site.name}/); do sleep 1; done
${say('fetched', '$page')}
address=$(nslookup ${plan.site.name} | awk '/^Name:/ { seen = 1 } seen && /^Address/ { print $NF; exit }')
${say('resolved', '$address')}
gateway=$(ip route | awk '/^default/ { print $3 }')
${say('metadata-by-gateway', '$(get http://$gateway/latest/meta-data/local-hostname)')}
${say('metadata-by-169', '$(get http://169.254.169.254/latest/meta-data/local-ipv4)')}
own=$(hostname -i 2>/dev/null || ip -4 -o addr show dev eth0 | awk '{ sub("/.*", "", $4); print $4 }')
${say('reverse', '$(nslookup $own | awk -F "name = " "/name = / { print \\$2; exit }")')}
`

/**
 * Fetches the site again and again, a path with a number each, so that gaps can be seen from outside, and says why one
 * failed. It may be late (names are asked twice, 5 s each, and emulated machines stall), but not refused or cut.
 */
export const fetchForever = (driver: Driver): string => `#!/bin/sh
n=0
while :; do
  n=$((n + 1))
  why=$(timeout 40 wget -q -O /dev/null "http://${plan.site.name}/loop/$n" 2>&1) || ${say('lost-$n', '$? $why').trim()}
  sleep ${pauseOf(driver)}
done &
${say('looping', 'yes')}
`

/** Fetches another guest's page by its name in the network. */
export const fetchNeighbour = (name: string): string => `#!/bin/sh
until page=$(timeout 5 wget -q -O - http://${name}/); do sleep 1; done
${say('neighbour', '$page')}
`

/** Tries what no guest may reach, all at once: the control network and the router's own management. */
export const tryForbidden = (control: string): string => `#!/bin/sh
reach() {
  if nc -w 3 "$2" "$3" </dev/null >/dev/null 2>&1; then told=reached; else told=refused; fi
  ${say('$1', '$told').trim()}
}
gateway=$(ip route | awk '/^default/ { print $3 }')
reach gateway-dns $gateway 53 &
reach control ${control} 3922 &
reach host 169.254.0.1 22 &
reach gateway-ssh $gateway 3922 &
wait
`

/** Tries a page again and again; says `ok` or `no` whenever that changes. */
export const watchPage = (driver: Driver, key: string, url: string): string => `
(while :; do
  if timeout 2 wget -q -O /dev/null "${url}"; then now=ok; else now=no; fi
  [ "$now" = "$last" ] || echo "sysvm-guest: ${key}=$now"
  last=$now
  sleep ${pauseOf(driver)}
done) &
`
/** A guest's user data of these parts. */
export const script = (...parts: readonly string[]): string => ['#!/bin/sh', ...parts].join('\n')
