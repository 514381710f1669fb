import { readFile } from 'node:fs/promises'
import { renderApiReference } from '@sysvm/manager/api/docs'
import { expect, it } from 'vitest'

it('docs/reference/api.md is what the registry says (node manager/api/docs.ts writes it)', async () => {
  const page = await readFile(new URL('../../../../docs/reference/api.md', import.meta.url), 'utf8')
  expect(page).toBe(renderApiReference())
})
