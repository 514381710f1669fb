import { readFile } from 'node:fs/promises'
import type { RealRouter } from '../real-router.ts'
import { until } from '../until.ts'
import { libreswanArchive } from './root.ts'

/** Another site's gateway by libreswan, in the router's VM, as no kernel here has ESP. */
export interface LibreswanPeer {
  /** Takes the tunnel of this version of IKE, and no other. */
  take(version: 1 | 2): Promise<void>
  /** Begins it itself; rejects when it does not come up. */
  begin(version: 1 | 2): Promise<void>
  /** From the site's network, by the tunnel; rejects when there is no answer. */
  reach(to: string): Promise<void>
  /** What it says of tunnels that carry traffic. */
  traffic(): Promise<string>
  log(): Promise<string>
}

interface Ends {
  /** Of the VM, for this alone. */
  readonly device: string
  readonly address: string
  readonly subnet: string
  /** Of the site's own, in its subnet. */
  readonly host: string
  readonly router: string
  readonly behindRouter: string
  readonly psk: string
}

const ROOT = '/run/libreswan'
const UNIT = 'libreswan'
/** systemd gives it a /run of its own. */
const FOLDER = '/var/pluto'
const WHACK = `chroot ${ROOT} /usr/libexec/ipsec/whack --rundir ${FOLDER}`
const ADDCONN = `chroot ${ROOT} /usr/libexec/ipsec/addconn --ctlsocket ${FOLDER}/pluto.ctl --config /etc/ipsec.conf`

/** ipsec.conf(5). Routes are given by hand: there are no scripts where it runs. */
const configuration = (ends: Ends): string => {
  const tunnel = (name: string, ikev2: string): string => `conn ${name}
  authby=secret
  ikev2=${ikev2}
  left=${ends.address}
  leftsubnet=${ends.subnet}
  leftupdown=%disabled
  right=${ends.router}
  rightsubnet=${ends.behindRouter}
  ike=aes256-sha2_256;modp2048
  esp=aes256-sha2_256;modp2048
  auto=ignore
`
  return `config setup
  dnssec-enable=no
  ikev1-policy=accept
${tunnel('v1', 'never')}${tunnel('v2', 'insist')}`
}

export const startLibreswan = async (router: RealRouter, folder: string, ends: Ends): Promise<LibreswanPeer> => {
  const archive = await readFile(await libreswanArchive(folder))
  await router.inside(`mkdir ${ROOT} && tar -xz -C ${ROOT}`, archive)
  // An operator's shell may make no namespaces: systemd does.
  const at = (script: string): Promise<string> =>
    router.inside(
      `echo ${Buffer.from(script).toString('base64')} | base64 -d >/run/site.sh
      systemd-run -q --service-type=oneshot --expand-environment=no -p StandardOutput=truncate:/run/site.out -p StandardError=truncate:/run/site.err sh -e /run/site.sh
      code=$?; cat /run/site.out; cat /run/site.err >&2; exit $code`,
    )
  const inSite = (script: string): Promise<string> => at(`exec ip netns exec site sh -ec '${script}'`)
  const write = (name: string, text: string): string =>
    `echo ${Buffer.from(text).toString('base64')} | base64 -d >${ROOT}/etc/${name}\n`
  await at(`umask 077
    ip netns add site
    ip link set ${ends.device} netns site
    ip -n site link set lo up
    ip -n site address add ${ends.address}/24 dev ${ends.device}
    ip -n site address add ${ends.host}/32 dev lo
    ip -n site link set ${ends.device} up
    ip -n site route add ${ends.behindRouter} via ${ends.router} src ${ends.host}
    ${write('ipsec.conf', configuration(ends))}
    ${write('ipsec.secrets', `${ends.address} ${ends.router} : PSK "${ends.psk}"\n`)}
    systemd-run -q --unit=${UNIT} -p NetworkNamespacePath=/run/netns/site -p RootDirectory=${ROOT} -p MountAPIVFS=yes \\
      /usr/libexec/ipsec/pluto --nofork --stderrlog --config /etc/ipsec.conf --rundir ${FOLDER} --use-xfrm`)
  const log = (): Promise<string> => router.inside(`journalctl -u ${UNIT} --no-pager`)
  const listens = (): Promise<boolean> =>
    at(`${WHACK} --listen`).then(Boolean, async (cause: unknown) => {
      throw new Error(await log(), { cause })
    })
  // It tries all its algorithms first.
  await until('libreswan listens', listens, { timeoutMs: 120_000 })
  return {
    take: async (version) =>
      void (await at(`${WHACK} --delete --name v${3 - version} || :
        ${ADDCONN} v${version}`)),
    begin: async (version) => void (await at(`timeout 60 ${WHACK} --initiate --name v${version}`)),
    reach: async (to) => void (await inSite(`ping -c 1 -W 10 -I ${ends.host} ${to}`)),
    traffic: () => at(`${WHACK} --trafficstatus`),
    log,
  }
}
