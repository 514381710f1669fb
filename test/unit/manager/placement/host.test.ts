import { type Candidate, chooseHost } from '@sysvm/manager/placement/host'
import { describe, expect, it } from 'vitest'

const host = (id: string, fields: Partial<Candidate> = {}): Candidate => ({
  id,
  name: id,
  cpus: 4,
  memoryMiB: 1000,
  usedCpus: 0,
  usedMemoryMiB: 0,
  ...fields,
})

const need = { cpus: 1, memoryMiB: 200 }

describe('chooseHost', () => {
  it('takes the least loaded, alike ones by id', () => {
    expect(chooseHost([host('b', { usedMemoryMiB: 300 }), host('a', { usedMemoryMiB: 400 })], need)?.id).toBe('b')
    expect(chooseHost([host('b'), host('a')], need)?.id).toBe('a')
    expect(chooseHost([host('a', { usedCpus: 15 }), host('b', { usedMemoryMiB: 500 })], need)?.id).toBe('b')
  })

  it('never takes one that does not fit', () => {
    expect(chooseHost([host('a', { usedMemoryMiB: 801 })], need)).toBeUndefined()
    expect(chooseHost([host('a', { usedMemoryMiB: 800 })], need)?.id).toBe('a')
    expect(chooseHost([host('a', { usedCpus: 16 })], need)).toBeUndefined()
    expect(chooseHost([host('a', { cpus: 2 })], { cpus: 3, memoryMiB: 1 })).toBeUndefined()
    expect(chooseHost([host('a', { memoryMiB: 0 })], need)).toBeUndefined()
    expect(chooseHost([], need)).toBeUndefined()
  })
})
