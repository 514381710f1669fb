import { commands } from '@sysvm/manager/api/commands'
import { referenceOf } from '@sysvm/manager/api/reference'
import { mapReferences, plainMaps } from '@sysvm/manager/api/references'
import { describe, expect, it } from 'vitest'

/** Ids that name no one table's rows, and why; `command.parameter`. */
const UNNAMED: Readonly<Record<string, string>> = {
  'createTags.resourceids': 'of whichever kind resourcetype says; the command asks whose each is',
  'deleteTags.resourceids': 'of whichever kind resourcetype says; the command asks whose each is',
  'listHypervisorCapabilities.id': 'the same in every cloud, in no table',
  'listOsCategories.id': 'the same in every cloud, in no table',
  'listOsTypes.id': 'the same in every cloud, in no table',
  'listOsTypes.oscategoryid': 'the same in every cloud, in no table',
  'listSystemVms.id': 'there are none yet',
  'listTemplates.oscategoryid': 'the same in every cloud, in no table',
}

/** Lists of what there is none of yet, and filters by it. */
const NOTHING =
  /\.(autoscalevmgroupid|backupofferingid|extensionid|isoid|parenttemplateid|vgpuprofileid)$|^list(ConsoleSessions|Isos|SnapshotPolicies|Snapshots|VMSnapshot|Volumes|Vpn(Connections|CustomerGateways|Gateways))\.(ids?|volumeid|vmsnapshotids?|oscategoryid)$/

const all = commands.flatMap((command) =>
  Object.entries(command.params).map(
    ([name, parameter]) => [`${command.name}.${name}`, command, name, parameter] as const,
  ),
)

const unexplained = (where: string): boolean => UNNAMED[where] === undefined && !NOTHING.test(where)

describe('the references of the API', () => {
  it('know what every id names, so that one check covers them all', () => {
    const unknown = all.flatMap(([where, command, name, { identifies }]) =>
      identifies === undefined || referenceOf(command, name) !== undefined ? [] : [where],
    )
    expect(unknown.filter(unexplained)).toEqual([])
  })

  it('have every parameter of type uuid among them', () => {
    const unmarked = all.flatMap(([where, , , { type, identifies }]) =>
      type === 'uuid' && identifies === undefined ? [where] : [],
    )
    expect(unmarked.filter(unexplained)).toEqual([])
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
    expect(unmarked.filter(unexplained)).toEqual([])
  })

  it('have no reason for what is no parameter', () => {
    const names = new Set<string>(all.map(([where]) => where))
    expect(Object.keys(UNNAMED).filter((where) => !names.has(where))).toEqual([])
  })
})
