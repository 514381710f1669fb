import { SysvmError } from '@sysvm/errors'
import * as p from '../parameter.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

export const port = (description: string) => p.integer(description, 1, 65535)

/** First and last, both included. */
export interface Ports {
  readonly first: number
  readonly last: number
}

/** A range from what the caller gave; `name` is that of the parameter of its end. */
export const portsOf = (first: number, last: number | undefined, name: string): Ports => {
  if (last !== undefined && last < first) throw bad(`Parameter ${name}: ${last} is below the first port ${first}.`)
  return { first, last: last ?? first }
}

/**
 * Where the public ports go: as many ports from `first` on. An end that is given must be that of a range of equal
 * length.
 */
export const privatePorts = (open: Ports, first: number, last: number | undefined): Ports => {
  const { last: end } = portsOf(first, last, 'privateendport')
  const wanted = first + open.last - open.first
  if (last !== undefined && end !== wanted)
    throw bad(
      `Parameter privateendport: ${first}-${end} is not as long as the public range ${open.first}-${open.last}: give ${wanted}.`,
    )
  if (wanted > 65_535) throw bad(`Parameter privateport: the range would end at ${wanted}, above 65535.`)
  return { first, last: wanted }
}

/** Most that a router's lookup holds for one rule. */
const MOST_ENTRIES = 65_536

/** A range that leads to other ports takes an entry of the router for each port, and for each source of each port. */
export const refuseTooWide = (open: Ports, inner: Ports, sources: readonly string[]): void => {
  const ports = open.first === inner.first ? 1 : open.last - open.first + 1
  const entries = ports * Math.max(1, sources.length)
  if (entries <= MOST_ENTRIES) return
  throw bad(
    `Parameter cidrlist: ${sources.length} sources for ${ports} ports that change are ${entries} entries of the router, above ${MOST_ENTRIES}: keep the ports, or name fewer sources.`,
  )
}
