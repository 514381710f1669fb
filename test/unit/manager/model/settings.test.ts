import { globSync, readFileSync } from 'node:fs'
import { renderConfigurationKeys } from '@sysvm/manager/api/configuration/docs'
import { type Setting, scopes, settingNames, settings } from '@sysvm/manager/model/settings/index'
import { describe, expect, it } from 'vitest'

const top = new URL('../../../../manager/', import.meta.url).pathname

/** What lists, checks and documents keys has no effect of its own. */
const REGISTRY = /^(model\/settings|api\/configuration)\//

const sources = globSync('{api,jobs,managers,model,orchestration,placement,hosts}/**/*.ts', { cwd: top })
  .filter((file) => !REGISTRY.test(file))
  .map((file) => readFileSync(top + file, 'utf8'))

/** Names that are put together: `max.${kind}.${key}` as SettingName. */
const patterns = sources.flatMap((text) =>
  [...text.matchAll(/`([^`]*)` as SettingName/g)].map(
    ([, template = '']) => new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\$\{[^}]*\}/g, '.+')}$`),
  ),
)

const isRead = (name: string): boolean =>
  sources.some((text) => text.includes(`'${name}'`)) || patterns.some((pattern) => pattern.test(name))

describe('the registry of settings', () => {
  it('has no key that nothing reads', () => {
    const dead = settingNames.filter((name) => !isRead(name))
    expect(dead).toEqual([])
  })

  it.each(settingNames)('%s is whole: a default of its own range, an effect in a sentence', (name) => {
    const { fallback, schema, description, range, type, options, scopes: own = [] }: Setting = settings[name]
    expect(schema.safeParse(fallback).success).toBe(true)
    expect(description).toMatch(/^[^\n]+\.$/)
    expect(range).not.toBe('')
    expect(type === 'Select').toBe(options !== undefined)
    for (const scope of own) expect(scopes).toContain(scope)
  })

  it('is what docs/reference/configuration-keys.md says (node manager/api/configuration/docs.ts writes it)', () => {
    const page = new URL('../../../../docs/reference/configuration-keys.md', import.meta.url)
    expect(readFileSync(page, 'utf8')).toBe(renderConfigurationKeys())
  })
})
