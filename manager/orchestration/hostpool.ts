import type { HostDriver } from '../hosts/driver.ts'
import { openHost } from '../hosts/index.ts'
import { hostFingerprint } from './host/fingerprint.ts'
import type { HostAccess, World } from './world.ts'

interface Entry {
  readonly identity: string
  readonly driver: HostDriver
}

/** One driver per host, kept until it fails or the host's address or key changes. */
export const createHostPool = (
  sshPrivate: string,
  simulator?: string,
): World['hosts'] & { closeAll(): Promise<void> } => {
  const entries = new Map<string, Entry>()
  const forget = async (id: string): Promise<void> => {
    const entry = entries.get(id)
    entries.delete(id)
    await entry?.driver.close().catch(() => {})
  }
  const identityOf = ({ url, driver, hostKey }: HostAccess): string => [url, driver, hostKey].join('\n')
  return {
    open: (host) => {
      const entry = entries.get(host.id)
      if (entry?.identity === identityOf(host)) return entry.driver
      void entry?.driver.close().catch(() => {})
      const driver = openHost(host.url, {
        driver: host.driver,
        privateKey: sshPrivate,
        fence: host.fence,
        simulator,
        ...(host.hostKey === null ? {} : { hostKey: host.hostKey }),
      })
      entries.set(host.id, { identity: identityOf(host), driver })
      return driver
    },
    forget,
    fingerprint: (url) => hostFingerprint(url, sshPrivate),
    closeAll: async () => {
      await Promise.all([...entries.keys()].map(forget))
    },
  }
}
