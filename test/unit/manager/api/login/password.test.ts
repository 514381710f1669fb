import { scryptSync } from 'node:crypto'
import { hashPassword, isPassword } from '@sysvm/manager/api/login/password'
import { describe, expect, it } from 'vitest'

describe('the hash of a password', () => {
  it('fits its password, in either spelling of Unicode, and no other', async () => {
    const hash = await hashPassword('pässword')
    expect(hash).toMatch(/^scrypt\$32768\$8\$3\$[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=$/)
    expect(hash).not.toContain('ssword')
    expect(await isPassword('pa\u0308ssword', hash)).toBe(true)
    expect(await isPassword('pässwor', hash)).toBe(false)
    expect(await isPassword('', hash)).toBe(false)
  })

  it('is another one each time', async () => {
    expect(await hashPassword('x')).not.toBe(await hashPassword('x'))
  })

  it('keeps its own parameters', async () => {
    const salt = Buffer.from('salt')
    const hash = scryptSync('old', salt, 32, { N: 16, r: 1, p: 1 })
    const kept = `scrypt$16$1$1$${salt.toString('base64')}$${hash.toString('base64')}`
    expect(await isPassword('old', kept)).toBe(true)
    expect(await isPassword('new', kept)).toBe(false)
  })

  it('of nobody fits nothing', async () => {
    expect(await isPassword('', null)).toBe(false)
    expect(await isPassword('x', undefined)).toBe(false)
  })
})
