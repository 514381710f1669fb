import { namedGuests, nicsOf } from '@sysvm/manager/api/loadbalancer/members'
import { describe, expect, it } from 'vitest'

const A = '11111111-2222-4333-8444-555555555551'
const B = '11111111-2222-4333-8444-555555555552'

describe('guests that a command names', () => {
  it('come as a list, as a map, or both', () => {
    expect(namedGuests([A], [{ vmId: B.toUpperCase(), vmIp: '10.1.1.3' }])).toEqual([
      { guest: A },
      { guest: B, address: '10.1.1.3' },
    ])
  })

  it.each([
    [undefined, undefined, /one of them must name a guest/],
    [undefined, [{ vmid: 'x', vmip: '10.1.1.3' }], /vmidipmap: 'x' is not a UUID/],
    [undefined, [{ vmid: A, vmip: '10.1.1.3\n' }], /vmidipmap: '10.1.1.3\n' is not an IPv4 address/],
    [undefined, [{ vmid: A }], /each entry needs vmid and vmip/],
    [undefined, [{ vmid: A, vmip: '10.1.1.3', port: '1' }], /each entry needs vmid and vmip, nothing else/],
  ] as const)('are refused: %j %j', (ids, entries, text) => {
    expect(() => namedGuests(ids, entries)).toThrow(text)
  })

  it('are on the network, by the address that was said', () => {
    const nics = [
      { nic: 'n1', secondary: null, guest: A, address: '10.1.1.2' },
      { nic: 'n1', secondary: 's1', guest: A, address: '10.1.1.9' },
    ]
    expect(nicsOf([{ guest: A }], nics, 'net')).toEqual([nics[0]])
    expect(nicsOf([{ guest: A, address: '10.1.1.9' }], nics, 'net')).toEqual([nics[1]])
    expect(() => nicsOf([{ guest: B }], nics, 'net')).toThrow(/no guest of the network net has the id/)
    expect(() => nicsOf([{ guest: A, address: '10.1.1.3' }], nics, 'net')).toThrow(
      `the guest ${A} does not have 10.1.1.3 on the network net`,
    )
  })
})
