import { cyclonedx, debianComponents, npmComponents } from '@sysvm/images/build/sbom'
import { expect, test } from 'vitest'

const integrity = `sha512-${Buffer.alloc(64, 1).toString('base64')}`
const lock = {
  packages: {
    '': { dependencies: { vitest: '1.0.0' } },
    'appliances/firmware': { version: '0.1.0', dependencies: { koa: '3.0.0', '@sysvm/agent': '0.1.0' } },
    'node_modules/@sysvm/agent': { link: true },
    'node_modules/koa': { version: '3.0.0', license: 'MIT', integrity, dependencies: { depd: '2.0.0' } },
    'node_modules/koa/node_modules/depd': { version: '2.0.0' },
    'node_modules/depd': { version: '1.0.0' },
    'node_modules/vitest': { version: '1.0.0' },
  },
}

test('npm components are what the workspace can reach, by the lockfile, in the version it gets', () => {
  const found = npmComponents(lock, ['appliances/firmware'])
  expect(found.map(({ purl }) => purl)).toEqual(['pkg:npm/koa@3.0.0', 'pkg:npm/depd@2.0.0'])
  expect(found[0]).toMatchObject({ licenses: [{ license: { name: 'MIT' } }], hashes: [{ content: '01'.repeat(64) }] })
})

test('the SBOM is CycloneDX and the same each time', () => {
  const components = debianComponents(['iproute2=6.15.0-1', 'haproxy=3.0.11-1+deb13u5'], 'amd64')
  expect(components[1]?.purl).toBe('pkg:deb/debian/haproxy@3.0.11-1%2Bdeb13u5?arch=amd64&distro=debian-13')
  const text = cyclonedx('sysvm-system', 'ab', components)
  expect(text).toBe(cyclonedx('sysvm-system', 'ab', components))
  expect(JSON.parse(text)).toMatchObject({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: { timestamp: '2025-08-09T00:00:00.000Z' },
    dependencies: [{ ref: 'image', dependsOn: components.map(({ purl }) => purl) }],
  })
})
