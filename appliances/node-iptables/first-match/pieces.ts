import type { Chain, Field, Jump, KeyType, MapElement, NamedMap, NamedSet, Rule, Scalar } from '../model.ts'
import { type Axis, exactElements, meetsPorted, meetsPortless, orderOf, rangeElements } from './elements.ts'
import { addressType, type Region } from './region.ts'

/** Parts of a list's chain, and what they look into. */
export interface Pieces {
  readonly rules: readonly Rule[]
  readonly maps: readonly NamedMap[]
  readonly sets: readonly NamedSet[]
  readonly chains: readonly Chain[]
}

export const noPieces: Pieces = { rules: [], maps: [], sets: [], chains: [] }

export const joinPieces = (all: readonly Pieces[]): Pieces => ({
  rules: all.flatMap(({ rules }) => rules),
  maps: all.flatMap(({ maps }) => maps),
  sets: all.flatMap(({ sets }) => sets),
  chains: all.flatMap(({ chains }) => chains),
})

/** An element's value and the region that it is for. */
export interface Part {
  readonly region: Region
  readonly value: MapElement[1]
  /** What the packet's mark must be besides. */
  readonly mark?: string
}

const ports = ['tcp', 'udp'] as const

const typeOf = (axis: Axis, family: 4 | 6): KeyType => {
  if (axis === 'protocol') return 'inet_proto'
  return axis === 'detail' ? 'inet_service' : addressType(family)
}

/** ICMP's type and code are where TCP has its source port. */
const fieldOf = (axis: Axis, ported: boolean): Field => {
  if (axis !== 'detail') return axis
  return ported ? 'destinationPort' : 'sourcePort'
}

const elementsOf = ({ region, value, mark }: Part, order: readonly Axis[]): readonly MapElement[] => {
  const elements = rangeElements(region, order, value)
  if (mark === undefined) return elements
  return elements.map(([key, own]) => [[...(key as readonly Scalar[]), mark], own])
}

const letters: Readonly<Record<Axis, string>> = { source: 's', destination: 'd', protocol: 'p', detail: 't' }

/** Maps of other types have other names: nft cannot remake one under its name in one transaction. */
const nameOf = (name: string, family: 4 | 6, order: readonly Axis[]): string => {
  const suffix = order.map((axis) => letters[axis]).join('')
  return `${name}${family === 4 ? '' : '6'}${suffix === 'sdpt' ? '' : `_${suffix}`}`
}

/** A map of source, destination, protocol and detail, and of the mark where its parts say so, with the rules that ask it. */
export const rangeMap = (
  base: string,
  family: 4 | 6,
  parts: readonly Part[],
  value: 'verdict' | readonly ['mark'],
): Pieces => {
  const order = orderOf(parts.map(({ region }) => region))
  const name = nameOf(base, family, order)
  const marks = parts.some(({ mark }) => mark !== undefined) ? (['mark'] as const) : []
  const map: NamedMap = {
    name,
    key: [...order.map((axis) => typeOf(axis, family)), ...marks],
    value,
    interval: true,
    elements: parts.flatMap((part) => elementsOf(part, order)),
  }
  const ask = (ported: boolean): Jump => {
    const key = [...order.map((axis) => fieldOf(axis, ported)), ...marks]
    return value === 'verdict' ? { target: 'LOOKUP', key, map: name } : { target: 'MARK', key, map: name }
  }
  const rules: Rule[] = []
  if (parts.some(({ region }) => meetsPorted(region))) rules.push({ protocol: ports, jump: ask(true) })
  if (parts.some(({ region }) => meetsPortless(region))) rules.push({ protocol: { not: ports }, jump: ask(false) })
  return { ...noPieces, maps: [map], rules }
}

/** From anywhere to single ports of single addresses. */
export const exactMap = (name: string, family: 4 | 6, parts: readonly Part[]): Pieces => {
  const key: readonly KeyType[] = [addressType(family), 'inet_proto', 'inet_service']
  const elements = parts.flatMap(({ region, value }) => exactElements(region, value))
  const jump = { target: 'LOOKUP', key: ['destination', 'protocol', 'destinationPort'], map: name } as const
  return { ...noPieces, maps: [{ name, key, value: 'verdict', elements }], rules: [{ protocol: ports, jump }] }
}
