import { join, resolve } from 'node:path'

/** Where this sysvm keeps things, from the environment; documented in docs/reference/cli.md. */
export interface Settings {
  /** Top of the clone. */
  readonly top: string
  /** State directory; `sysvm down` removes it. */
  readonly state: string
  /** Cache of images and signing keys; `sysvm down` leaves it. */
  readonly cache: string
  /** TCP port of the query API on loopback. */
  readonly port: number
  /** URL of the query API. */
  readonly api: string
  /** Names of the demo's namespaces and bridges begin with this. */
  readonly prefix: string
}

const top = resolve(import.meta.dirname, '../..')

export const settingsFrom = (environment: Readonly<Record<string, string | undefined>>): Settings => {
  const port = Number(environment.SYSVM_API_PORT ?? 8096)
  return {
    top,
    state: resolve(environment.SYSVM_STATE ?? '/var/lib/sysvm'),
    cache: resolve(environment.SYSVM_CACHE ?? '/var/cache/sysvm'),
    port,
    api: environment.SYSVM_API ?? `http://127.0.0.1:${port}/client/api`,
    prefix: environment.SYSVM_PREFIX ?? 'sysvm',
  }
}

/** A file or folder under the state directory. */
export const inState = (settings: Settings, ...path: string[]): string => join(settings.state, ...path)
