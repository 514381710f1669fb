import type { RealRouter } from '../real-router.ts'

/** An old client that has one key for its cloud and one name; it is in the router's VM, as no kernel here has ESP and PPP. */
export interface OldClient {
  /** Has IPsec set up; rejects when it is not. */
  secure(psk: string): Promise<void>
  /** Begins with another key, and gives up: the router tells what it thinks of that. */
  tryKey(psk: string): Promise<void>
  /** Dials once IPsec is there; whether it comes in is for `address` to say. */
  dial(name: string, password: string): Promise<void>
  /** What it got; empty: nothing. */
  address(): Promise<string>
  /** Whether a password was refused since the client is there. */
  wasRefused(): Promise<boolean>
  /** By its session, to somebody in a network; rejects when there is no answer. */
  reach(network: string, to: string): Promise<void>
}

const FOLDER = '/run/client'
const SOCKET = `unix://${FOLDER}/vici`

const settings = `charon-systemd {
  load = random nonce openssl kernel-netlink socket-default vici
  plugins {
    vici {
      socket = ${SOCKET}
    }
  }
}
`

const ipsec = (own: string, server: string, psk: string): string => `connections {
  cloud {
    version = 1
    local_addrs = ${own}
    remote_addrs = ${server}
    proposals = aes256-sha1-modp1024
    local {
      auth = psk
      id = ${own}
    }
    remote {
      auth = psk
      id = ${server}
    }
    children {
      cloud {
        mode = transport
        local_ts = dynamic[17/1701]
        remote_ts = dynamic[17/1701]
        esp_proposals = aes256-sha1
      }
    }
  }
}
secrets {
  ike-cloud {
    secret = "${psk}"
  }
}
`

const daemon = (server: string): string => `[global]
port = 1701

[lac cloud]
lns = ${server}
pppoptfile = ${FOLDER}/options
autodial = yes
`

const options = (name: string, password: string): string => `name ${name}
password "${password}"
noauth
noccp
ipcp-accept-local
ipcp-accept-remote
noipdefault
mtu 1280
`

/** In a namespace of the VM's, on the public side by a device of its own. */
export const startOldClient = async (
  router: RealRouter,
  { device, address, server }: { readonly device: string; readonly address: string; readonly server: string },
): Promise<OldClient> => {
  // An operator's shell may make no namespaces: systemd does, which without a bus cannot hand on what is printed.
  const inside = (script: string): Promise<string> =>
    router.inside(
      `systemd-run -q --service-type=oneshot --expand-environment=no -p StandardOutput=truncate:/run/client.out -p StandardError=truncate:/run/client.err sh -c "$(echo ${Buffer.from(script).toString('base64')} | base64 -d)"
      code=$?; cat /run/client.out; cat /run/client.err >&2; exit $code`,
    )
  const file = (name: string, text: string): string =>
    `echo ${Buffer.from(text).toString('base64')} | base64 -d >${FOLDER}/${name}\n`
  const daemonOf = (unit: string, command: string): string =>
    `systemctl stop ${unit} 2>/dev/null || :
    systemctl reset-failed ${unit} 2>/dev/null || :
    systemd-run -q --unit=${unit} -p NetworkNamespacePath=/run/netns/client -E STRONGSWAN_CONF=${FOLDER}/strongswan.conf ${command}\n`
  const swanctl = (words: string): string =>
    `SWANCTL_DIR=${FOLDER} STRONGSWAN_CONF=${FOLDER}/strongswan.conf swanctl ${words} --uri ${SOCKET}\n`
  const load = (psk: string): string =>
    file('swanctl.conf', ipsec(address, server, psk)) + swanctl('--load-all --clear')
  const run = (script: string): Promise<string> => inside(`exec ip netns exec client sh -ec '${script}'`)
  await inside(`set -e
    umask 077
    mkdir ${FOLDER}
    ip netns add client
    ip link set ${device} netns client
    ip -n client link set lo up
    ip -n client address add ${address}/24 dev ${device}
    ip -n client link set ${device} up
    ${file('strongswan.conf', settings)}
    ${file('xl2tpd.conf', daemon(server))}
    ${daemonOf('client-charon', '/usr/sbin/charon-systemd')}
    for try in $(seq 600); do [ -S ${FOLDER}/vici ] && exit; sleep 0.1; done; exit 1`)
  return {
    secure: async (psk) =>
      void (await inside(`set -e; umask 077\n${load(psk)}${swanctl('--initiate --child cloud --timeout 60')}`)),
    tryKey: async (psk) => {
      const ends = '--terminate --ike cloud --force --timeout 1'
      await inside(`umask 077\n${load(psk)}${swanctl('--initiate --child cloud --timeout 5')}${swanctl(ends)}exit 0`)
    },
    dial: async (name, password) => {
      const words = `-D -c ${FOLDER}/xl2tpd.conf -s /dev/null -C ${FOLDER}/control -p ${FOLDER}/pid`
      await inside(
        `set -e; umask 077\n${file('options', options(name, password))}${daemonOf('client-l2tp', `/usr/sbin/xl2tpd ${words}`)}`,
      )
    },
    wasRefused: async () =>
      (await router.inside('journalctl -u client-l2tp --no-pager')).includes('authentication failed'),
    address: async () =>
      (await run('ip -4 -o address show up | grep -o " ppp.* inet [0-9.]*" | grep -o "[0-9.]*$" || :')).trim(),
    reach: async (network, to) => void (await run(`ip route replace ${network} dev ppp0; ping -c 1 -W 10 ${to}`)),
  }
}
