import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect, type Vici } from 'strongswan-ctl'
import type { Lab } from '../lab.ts'
import type { Namespace } from '../namespace.ts'
import type { LabProcess } from '../process.ts'
import { until } from '../until.ts'

/** A charon with its own configuration, socket and namespace, that knows nothing of the machine's. */
export interface Charon {
  readonly path: string
  readonly vici: Vici
  readonly process: LabProcess
}

/**
 * What IKE with PSK and RSA certificates needs; ESP in user space, as the kernel may have none. Debian's strongSwan 6
 * has all algorithms in `openssl`, 5.9 has those of the others; charon passes over what it does not find.
 */
const PLUGINS =
  'random nonce openssl aes sha1 sha2 hmac kdf gmp pem pkcs1 pkcs8 x509 pubkey revocation constraints counters vici kernel-libipsec kernel-netlink socket-default'

const settings = (path: string, more: string): string => `charon-systemd {
  load = ${PLUGINS} ${more}
  plugins {
    vici {
      socket = unix://${path}
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

/** `more`: further plugins. */
export const startCharon = async (lab: Lab, netns: Namespace, more = ''): Promise<Charon> => {
  const folder = join(lab.directory, netns.name)
  await mkdir(folder)
  const path = join(folder, 'charon.vici')
  await writeFile(join(folder, 'strongswan.conf'), settings(path, more))
  const process = await netns.spawn(['charon-systemd'], {
    env: { STRONGSWAN_CONF: join(folder, 'strongswan.conf'), SWANCTL_DIR: folder },
  })
  const ended = process.ended.then(() => {
    throw new Error(`charon has ended: ${process.output()}`)
  })
  const vici = await Promise.race([
    ended,
    until('charon answers', () => connect({ path, timeoutMs: 30_000 }).catch(() => undefined)),
  ])
  ended.catch(() => {})
  return { path, vici, process }
}
