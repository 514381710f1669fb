import { createPrivateKey, createPublicKey } from 'node:crypto'
import { configurationText } from '@sysvm/manager/wireguard/configuration'
import { newKeyPair, newPresharedKey } from '@sysvm/manager/wireguard/keys'
import { expect, it } from 'vitest'

const client = {
  privateKey: 'the private key',
  address: '10.9.0.1',
  dns: ['10.1.1.1'],
  server: { publicKey: "the server's key", address: '203.0.113.10', port: 51_820 },
  presharedKey: 'the preshared key',
  subnets: ['10.1.1.0/24'],
}

it('is what wg-quick reads', () => {
  expect(configurationText(client)).toBe(`[Interface]
PrivateKey = the private key
Address = 10.9.0.1/32
DNS = 10.1.1.1
MTU = 1420

[Peer]
PublicKey = the server's key
PresharedKey = the preshared key
AllowedIPs = 10.1.1.0/24
Endpoint = 203.0.113.10:51820
PersistentKeepalive = 25
`)
})

it('leaves name servers to the client where the network has none', () => {
  expect(configurationText({ ...client, dns: [] })).not.toContain('DNS')
})

it('a public key is that of its private one', () => {
  const { publicKey, privateKey } = newKeyPair()
  const url = (text: string): string => Buffer.from(text, 'base64').toString('base64url')
  const jwk = { kty: 'OKP', crv: 'X25519', d: url(privateKey), x: url(publicKey) }
  const derived = createPublicKey(createPrivateKey({ key: jwk, format: 'jwk' })).export({ format: 'jwk' })
  expect(derived.x).toBe(url(publicKey))
  expect(newPresharedKey()).toMatch(/^[A-Za-z0-9+/]{43}=$/)
  expect(newPresharedKey()).not.toBe(newPresharedKey())
})
