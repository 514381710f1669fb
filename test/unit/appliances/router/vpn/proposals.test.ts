import { AEADS, CIPHERS, ESP_PROPOSAL, GROUPS, HASHES, IKE_PROPOSAL, weaknesses } from '@sysvm/router/vpn/proposals'
import { expect, test } from 'vitest'

const plain = CIPHERS.flatMap((cipher) => HASHES.map((hash) => `${cipher}-${hash}`))

test('every cipher, hash and group of the API is taken, for IKE with a group only', () => {
  expect(plain).toHaveLength(20)
  for (const group of GROUPS)
    for (const pair of plain) {
      expect(`${pair}-${group}`).toMatch(IKE_PROPOSAL)
      expect(`${pair}-${group}`).toMatch(ESP_PROPOSAL)
    }
  for (const pair of [...plain, ...AEADS]) {
    expect(pair).toMatch(ESP_PROPOSAL)
    expect(pair).not.toMatch(IKE_PROPOSAL)
  }
  expect('chacha20poly1305-prfsha256-curve25519').toMatch(IKE_PROPOSAL)
})

test('weak algorithms are named once, with the reason', () => {
  expect(weaknesses(['aes256-sha256-modp2048', 'aes256gcm16'])).toEqual([])
  expect(weaknesses(['3des-md5-modp1024', '3des-sha256']).map(({ algorithm }) => algorithm)).toEqual([
    '3des',
    'md5',
    'modp1024',
  ])
  for (const { why } of weaknesses(['3des-sha1-modp1536'])) expect(why).toContain('RFC 8247')
})
