import { chooseSize, offeredSize } from '@sysvm/manager/api/serviceoffering/size'
import { describe, expect, it } from 'vitest'

const bounds = { mincpunumber: 1, maxcpunumber: 4, minmemory: 64, maxmemory: 512 }
const free = { mincpunumber: null, maxcpunumber: null, minmemory: null, maxmemory: null }
const open = { name: 'open', customized: true, cpuspeed: 0, ...free }

describe('what an offering offers', () => {
  it('is a size, or what guests choose', () => {
    expect(offeredSize({ cpunumber: 2, memory: 64 })).toEqual({
      customized: false,
      cpunumber: 2,
      cpuspeed: 1000,
      memory: 64,
    })
    expect(offeredSize({ customized: true })).toEqual({
      customized: true,
      cpunumber: 0,
      cpuspeed: 0,
      memory: 0,
      ...free,
    })
    expect(offeredSize({ customized: true, ...bounds })).toEqual({
      ...{ customized: true, cpunumber: 0, cpuspeed: 1000, memory: 0 },
      ...bounds,
    })
  })
})

describe('what a guest chooses', () => {
  it('is read whatever the case of its name, and taken out of the details', () => {
    expect(chooseSize(open, { CPUNumber: '2', MEMORY: '64', cpuspeed: '800', note: 'x' })).toEqual({
      size: { custom_cpunumber: 2, custom_cpuspeed: 800, custom_memory: 64 },
      details: { note: 'x' },
    })
    expect(chooseSize({ ...open, customized: false }, { note: 'x' })).toEqual({
      size: { custom_cpunumber: null, custom_cpuspeed: null, custom_memory: null },
      details: { note: 'x' },
    })
  })

  it('keeps to the bounds, and to a speed that is said', () => {
    const ranged = { ...open, ...bounds, cpuspeed: 500 }
    expect(chooseSize(ranged, { cpuNumber: '4', memory: '512' }).size.custom_cpuspeed).toBeNull()
    const wrongs: readonly Record<string, string>[] = [
      { cpuNumber: '5', memory: '64' },
      { cpuNumber: '1', memory: '63' },
      { cpuNumber: '1', memory: '64', cpuSpeed: '600' },
      { cpuNumber: '01', memory: '64' },
      { cpuNumber: '1' },
    ]
    for (const wrong of wrongs) expect(() => chooseSize(ranged, wrong)).toThrow(/^Parameter details: /)
  })
})
