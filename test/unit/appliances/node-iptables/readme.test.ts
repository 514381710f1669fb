import { readFileSync } from 'node:fs'
import { codes } from 'node-iptables'
import { expect, test } from 'vitest'

const readme = readFileSync(new URL('../../../../appliances/node-iptables/README.md', import.meta.url), 'utf8')

test('the README lists every error code with its meaning, and no other', () => {
  const rows = [...readme.matchAll(/^\| `(NFT_[A-Z_]+)` \| (.+) \|$/gm)].map(([, code, meaning]) => [code, meaning])
  expect(Object.fromEntries(rows)).toEqual(codes)
})
