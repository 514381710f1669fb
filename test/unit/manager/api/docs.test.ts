import { readFile } from 'node:fs/promises'
import { renderApiReference } from '@sysvm/manager/api/docs'
import { renderSupport } from '@sysvm/manager/api/support'
import { expect, it } from 'vitest'

const page = (name: string): Promise<string> =>
  readFile(new URL(`../../../../docs/reference/${name}`, import.meta.url), 'utf8')

// node manager/api/docs.ts writes both.
it.each([
  ['api.md', renderApiReference],
  ['support.md', renderSupport],
])('docs/reference/%s is what the registry says', async (name, render) => {
  expect(await page(name)).toBe(render())
})
