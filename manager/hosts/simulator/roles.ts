import type { RedundancySpec, RedundancyState } from '@sysvm/router/spec'
import type { Store as Files } from './store.ts'

type Store = Pick<Files, 'read' | 'write' | 'remove'>

/** Connections that every pair is said to have. */
const FLOWS = 10

interface Told {
  readonly spec?: { readonly services?: Services }
}

interface Services {
  readonly redundancy?: RedundancySpec
  readonly interfaces?: { readonly interfaces: readonly { readonly device: string; readonly mac: string }[] }
}

/** Where it is written which of the two serves; undefined for a router that is alone. */
const placeOf = (services: Services | undefined): string | undefined => {
  const { redundancy, interfaces } = services ?? {}
  if (redundancy === undefined) return undefined
  const own = interfaces?.interfaces.find(({ device }) => device === redundancy.device)?.mac ?? ''
  return `pairs/${[own, redundancy.peer.mac].toSorted().join('-').replaceAll(':', '')}`
}

/** Written in place of the one that serves: it has just gone. */
const gone = (name: string): string => `-${name}`

/** Who serves from now on, now that this one is asked: the other one had its chance before the one that went is back. */
const chosen = (store: Store, place: string, name: string): string | undefined => {
  const now = store.read<string>(place)
  if (now !== undefined && !now.startsWith('-')) return now
  if (now === gone(name)) store.remove(place)
  else store.write(place, name)
  return now === gone(name) ? undefined : name
}

/** Who asks first while nobody serves does from then on, as the other one is gone. */
export const roleOf = (store: Store, name: string, spec: unknown): RedundancyState | undefined => {
  const services = (spec as { readonly services?: Services } | null | undefined)?.services
  const place = placeOf(services)
  if (place === undefined || services?.redundancy === undefined) return undefined
  const primary = chosen(store, place, name) === name
  const { rank, peer } = services.redundancy
  return {
    state: primary ? 'PRIMARY' : 'BACKUP',
    rank,
    peer: peer.address,
    flows: primary ? { own: FLOWS, peer: 0 } : { own: 0, peer: FLOWS },
  }
}

/** Its machine ends: the other one may serve. */
export const resign = (store: Store, name: string): void => {
  const place = placeOf(store.read<Told>(name)?.spec?.services)
  if (place !== undefined && store.read<string>(place) === name) store.write(place, gone(name))
}
