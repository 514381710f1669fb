import { generateSshKey, publicHalf, seal, unseal } from '@sysvm/manager/orchestration/keys/index'
import { describe, expect, it } from 'vitest'

const key = Buffer.alloc(32, 7)

describe('seal', () => {
  it('opens with the same key in the same place only', () => {
    const sealed = seal(key, 'router/1', 'secret')
    expect(unseal(key, 'router/1', sealed)).toBe('secret')
    expect(seal(key, 'router/1', 'secret')).not.toBe(sealed)
    expect(() => unseal(key, 'router/2', sealed)).toThrow(expect.objectContaining({ code: 'SYSVM_SEAL' }))
    expect(() => unseal(Buffer.alloc(32, 8), 'router/1', sealed)).toThrow(
      expect.objectContaining({ code: 'SYSVM_SEAL' }),
    )
    expect(() => unseal(key, 'router/1', `${sealed.slice(0, -4)}AAAA`)).toThrow(
      expect.objectContaining({ code: 'SYSVM_SEAL' }),
    )
  })
})

describe('generateSshKey', () => {
  // ssh2's generator fails once in a few hundred, so fewer would prove nothing.
  it('makes keys that a parser of OpenSSH files reads, every time', () => {
    for (let index = 0; index < 1500; index++) {
      const { privateKey, publicKey } = generateSshKey()
      expect(publicHalf(privateKey)).toBe(publicKey)
    }
  })
})
