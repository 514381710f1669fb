import { shownRole } from '@sysvm/manager/orchestration/redundancy'
import type { RouterBase } from '@sysvm/manager/orchestration/router/base'
import { routerSpec } from '@sysvm/manager/orchestration/router/spec'
import { InterfacesSpec, RedundancySpec } from '@sysvm/router/spec'
import { describe, expect, it } from 'vitest'
import { base, state } from './state.ts'

/** The document of one of two: `base` with other nics. */
const half = (rank: 'first' | 'second') => {
  const [own, peer, digit] = rank === 'first' ? ['10.1.1.3', '10.1.1.4', 1] : ['10.1.1.4', '10.1.1.3', 2]
  const over: Partial<RouterBase> = {
    router: { id: base.router.id, number: rank === 'first' ? 4 : 5 },
    pair: { rank, device: 'eth1', peer: { address: peer, mac: `02:00:00:00:0${3 - digit}:02` }, first: 4 },
    nics: base.nics.map((nic) => ({
      ...nic,
      mac: nic.mac.replace(/00:(..)$/, `0${digit}:$1`),
      ...(nic.role === 'guest' ? { own } : {}),
      ...(nic.role === 'control' ? { address: `169.254.3.${digit}` } : {}),
    })),
  }
  return routerSpec(state(over), 9)
}

describe('the documents of two routers', () => {
  const [first, second] = [half('first'), half('second')]

  it('share every address but those of their own', () => {
    const { interfaces, redundancy } = first.services
    expect(InterfacesSpec.parse(interfaces).interfaces.map(({ addresses, own }) => ({ addresses, own }))).toEqual([
      { addresses: ['169.254.3.1/16'], own: undefined },
      { addresses: ['10.1.1.1/24'], own: ['10.1.1.3/24'] },
      { addresses: ['203.0.113.10/24'], own: [] },
    ])
    expect(RedundancySpec.parse(redundancy)).toMatchObject({
      device: 'eth1',
      rank: 'first',
      peer: { address: '10.1.1.4' },
      advertMs: 100,
    })
  })

  it('are the same in all else, the name that guests know them by too', () => {
    const rest = ({ services }: typeof first) => {
      const { interfaces: _, redundancy: __, ...others } = services
      return others
    }
    expect(rest(first)).toEqual(rest(second))
    expect(JSON.stringify(rest(second))).toContain('r-4-vm.cs1.internal')
  })
})

describe('what is shown of a router of two', () => {
  const primary = { state: 'PRIMARY', flows: { own: 7, peer: 0 } } as const
  const backup = (peer: number) => ({ state: 'BACKUP', flows: { own: 0, peer } }) as const

  it.each([
    ['one that has just come is no backup yet', 'UNKNOWN', backup(6), 'UNKNOWN'],
    ['one that has all connections is', 'UNKNOWN', backup(7), 'BACKUP'],
    ['one that is, remains one', 'BACKUP', backup(6), 'BACKUP'],
    ['who let go of its role learns anew', 'PRIMARY', backup(6), 'UNKNOWN'],
    ['who serves does', 'BACKUP', primary, 'PRIMARY'],
    ['who does not answer is unknown', 'BACKUP', undefined, 'UNKNOWN'],
  ] as const)('%s', (_, before, told, shown) => {
    expect(shownRole(before, told, primary)).toBe(shown)
  })
})
