import { sourceLines, trixieSources } from '@sysvm/images/build/sources'
import { expect, test } from 'vitest'

test('trixie comes from the mirrors that the machine itself uses', () => {
  const found = trixieSources([
    'http://a/debian bookworm',
    'http://a/debian bookworm-updates',
    'http://b/security bookworm-security',
  ])
  expect(found).toEqual([
    { site: 'http://a/debian', suite: 'trixie' },
    { site: 'http://a/debian', suite: 'trixie-updates' },
    { site: 'http://b/security', suite: 'trixie-security' },
  ])
  expect(sourceLines(found)[2]).toMatch(
    /^deb \[signed-by=\/usr\/share\/keyrings\/debian-archive-trixie-\S+\] http:\/\/b\/security trixie-security main$/,
  )
})

test('a machine with other repositories only is told what is missing', () => {
  expect(() => trixieSources(['https://x/apt nodistro', 'https://y cloud-sdk-bookworm'])).toThrow(
    expect.objectContaining({ code: 'SYSVM_IMAGE_BUILD' }),
  )
})
