import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lab } from '../lab.ts'
import type { Namespace } from '../namespace.ts'
import { until } from '../until.ts'

/** Another site's gateway that is not ours: strongSwan as an administrator configures it, by files. */
export interface Peer {
  /** swanctl.conf(5) from now on. */
  configure(text: string): Promise<void>
  swanctl(...words: readonly string[]): Promise<string>
  output(): string
  stop(): Promise<void>
}

const settings = (socket: string): string => `charon-systemd {
  load = random nonce openssl aes des md5 sha1 sha2 hmac kdf gmp pem pkcs1 x509 pubkey constraints vici kernel-libipsec kernel-netlink socket-default
  install_routes = no
  plugins {
    vici {
      socket = unix://${socket}
    }
  }
  journal {
    default = -1
  }
  filelog {
    stderr {
      default = 1
    }
  }
}
`

/** Of all tunnels of one peer the inner routes are given by hand: charon's own are for one tunnel to a network. */
export const startPeer = async (lab: Lab, at: Namespace, text: string, routes: readonly string[]): Promise<Peer> => {
  const folder = join(lab.directory, `${at.name}-strongswan`)
  const socket = join(folder, 'charon.vici')
  await mkdir(folder)
  await writeFile(join(folder, 'strongswan.conf'), settings(socket))
  const env = { STRONGSWAN_CONF: join(folder, 'strongswan.conf'), SWANCTL_DIR: folder }
  const daemon = await at.spawn(['charon-systemd'], { env })
  const swanctl: Peer['swanctl'] = async (...words) =>
    (
      await at.exec([
        'env',
        ...Object.entries(env).map((pair) => pair.join('=')),
        'swanctl',
        ...words,
        '--uri',
        `unix://${socket}`,
      ])
    ).stdout
  await until(`the peer's charon: ${daemon.output()}`, () => swanctl('--stats').catch(() => undefined))
  await at.ip(...routes.map((route) => ['route', 'replace', route, 'dev', 'ipsec0']))
  const configure: Peer['configure'] = async (next) => {
    await writeFile(join(folder, 'swanctl.conf'), next)
    await swanctl('--load-all', '--clear')
  }
  await configure(text)
  return { configure, swanctl, output: () => daemon.output(), stop: async () => void (await daemon.stop()) }
}
