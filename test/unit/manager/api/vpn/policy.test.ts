import { policyOf, proposalsOf, weaknessesOf } from '@sysvm/manager/api/vpn/policy'
import { CIPHERS, ESP_PROPOSAL, GROUPS, HASHES, IKE_PROPOSAL } from '@sysvm/router/spec'
import { describe, expect, it } from 'vitest'

describe('a policy', () => {
  it('may have every cipher, hash and group that CloudStack names, as the router takes them', () => {
    const groups = GROUPS.filter((group) => group.startsWith('modp'))
    expect(groups).toEqual(expect.arrayContaining(['modp1024', 'modp1536', 'modp2048', 'modp3072', 'modp4096']))
    for (const cipher of CIPHERS)
      for (const hash of HASHES) {
        expect(policyOf('esppolicy', `${cipher}-${hash}`)).toBe(`${cipher}-${hash}`)
        for (const group of groups) {
          const policy = policyOf('ikepolicy', `${cipher}-${hash};${group}`)
          expect(proposalsOf(policy)).toEqual([`${cipher}-${hash}-${group}`])
          expect(proposalsOf(policy)[0]).toMatch(IKE_PROPOSAL)
          expect(proposalsOf(policyOf('esppolicy', policy))[0]).toMatch(ESP_PROPOSAL)
        }
      }
  })

  it('has one spelling, each proposal once, in the order that was given', () => {
    expect(policyOf('ikepolicy', 'AES256-SHA256;MODP2048, aes128-sha1;modp1536,aes256-sha256;modp2048')).toBe(
      'aes256-sha256;modp2048,aes128-sha1;modp1536',
    )
    expect(policyOf('esppolicy', 'aes256-sha256,aes128-sha256;modp3072')).toBe('aes256-sha256,aes128-sha256;modp3072')
  })

  it.each([
    ['ikepolicy', '', /'' is not cipher-hash;group/],
    ['ikepolicy', 'aes256-sha256', /aes256-sha256 needs a group/],
    ['ikepolicy', 'aes256-sha256;modp2048,', /is not cipher-hash;group/],
    ['ikepolicy', 'aes256;modp2048', /is not cipher-hash;group/],
    ['ikepolicy', 'aes256-sha256;modp2048;modp1024', /is not cipher-hash;group/],
    ['ikepolicy', 'des-sha256;modp2048', /des is not one of the ciphers 3des, /],
    ['ikepolicy', 'aes256-sha3;modp2048', /sha3 is not one of the hashes md5, /],
    ['ikepolicy', 'aes256-sha256;modp768', /modp768 is not one of the groups modp1024, /],
    ['esppolicy', 'aes256-sha256!', /is not cipher-hash;group/],
    ['esppolicy', 'aes256-sha256\nleft=%any', /is not cipher-hash;group/],
  ] as const)('%s %j is refused', (name, text, why) => {
    expect(() => policyOf(name, text)).toThrow(why)
    expect(() => policyOf(name, text)).toThrow(`Parameter ${name}: `)
  })

  it('is told what is weak in it, each once, and nothing where nothing is', () => {
    const weak = weaknessesOf('ikepolicy', '3des-md5;modp1024,3des-sha1;modp1024')
    expect(weak.map((text) => text.split(': ', 2).join(': '))).toEqual([
      ...['ikepolicy: 3des', 'ikepolicy: md5', 'ikepolicy: modp1024', 'ikepolicy: sha1'],
    ])
    expect(weaknessesOf('esppolicy', 'aes256-sha256;modp3072,aes128-sha512')).toEqual([])
  })
})
