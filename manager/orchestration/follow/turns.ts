import { limiter } from '../../hosts/limiter.ts'

/** Routers of one host that are connected to at once: those that answered the last time, and those that did not. */
const AT_ONCE = { well: 8, ill: 2 } as const

/** Runs `connect` in its turn among those of its host: whoever does not answer holds up nobody who does. */
export type Turns = <T>(host: string, ill: boolean, connect: () => Promise<T>) => Promise<T>

export const createTurns = (): Turns => {
  const hosts = new Map<
    string,
    { readonly well: ReturnType<typeof limiter>; readonly ill: ReturnType<typeof limiter> }
  >()
  return (host, ill, connect) => {
    const own = hosts.get(host) ?? { well: limiter(AT_ONCE.well), ill: limiter(AT_ONCE.ill) }
    hosts.set(host, own)
    return (ill ? own.ill : own.well)(connect)
  }
}
