import { commands } from '@sysvm/manager/api/commands'
import { referenceOf } from '@sysvm/manager/api/reference'
import { mapReferences, plainMaps } from '@sysvm/manager/api/references'
import { describe, expect, it } from 'vitest'

/** Ids that name nothing in the database, and why; `command.parameter`. */
const UNNAMED: Readonly<Record<string, string>> = {}

const all = commands.flatMap((command) =>
  Object.entries(command.params).map(
    ([name, parameter]) => [`${command.name}.${name}`, command, name, parameter] as const,
  ),
)

describe('the references of the API', () => {
  it('know what every id names, so that one check covers them all', () => {
    const unknown = all.flatMap(([where, command, name, { identifies }]) =>
      identifies === undefined || referenceOf(command, name) !== undefined ? [] : [where],
    )
    expect(unknown).toEqual(Object.keys(UNNAMED))
  })

  it('have every parameter of type uuid among them', () => {
    expect(
      all.flatMap(([where, , , { type, identifies }]) => (type === 'uuid' && identifies === undefined ? [where] : [])),
    ).toEqual([])
  })

  it('know of every map whether its entries have ids', () => {
    const unknown = all.flatMap(([where, , name, { type }]) =>
      type === 'map' && mapReferences[name] === undefined && !plainMaps.includes(name) ? [where] : [],
    )
    expect(unknown).toEqual([])
  })

  it('have no list of ids that is taken for words', () => {
    const id = '11111111-2222-4333-8444-555555555555'
    const unmarked = all.flatMap(([where, , , { type, identifies, schema }]) =>
      type === 'list' &&
      identifies === undefined &&
      schema.safeParse(id).success &&
      !schema.safeParse('nonsense').success
        ? [where]
        : [],
    )
    expect(unmarked).toEqual([])
  })
})
