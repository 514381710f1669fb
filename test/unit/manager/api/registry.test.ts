import { globSync, readFileSync } from 'node:fs'
import { commands } from '@sysvm/manager/api/commands'
import { describe as describeApi } from '@sysvm/manager/api/discovery/describe'
import type { Fields } from '@sysvm/manager/api/response'
import { describe, expect, it } from 'vitest'

const folder = new URL('../../../../manager/api/', import.meta.url).pathname

const descriptions = (fields: Fields): string[] =>
  Object.values(fields).flatMap(([, text, nested]) => [text, ...(nested ? descriptions(nested) : [])])

describe('the registry', () => {
  it('has every command that a file defines, in alphabetical order', () => {
    const defined = globSync('*/*.ts', { cwd: folder }).flatMap((file) => {
      const [, name] = /defineCommand\(\{\s*name: '(\w+)'/.exec(readFileSync(folder + file, 'utf8')) ?? []
      return name === undefined ? [] : [name]
    })
    const sorted = (names: readonly string[]) => [...names].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
    expect(commands.map(({ name }) => name)).toEqual(sorted(defined))
  })

  it('describes everything in one line, as generators of clients need', () => {
    for (const command of commands) {
      const texts = [
        command.description,
        ...Object.values(command.params).map(({ description }) => description),
        ...descriptions(command.response.fields),
      ]
      for (const text of texts) expect(text).toMatch(/^[^\n]+[.]$/)
    }
  })

  it('describes a command with its parameters and fields', () => {
    const command = commands.find(({ name }) => name === 'deletePod')
    expect(command && describeApi(command, commands)).toEqual({
      name: 'deletePod',
      description: 'Deletes a pod that has no cluster any more.',
      since: undefined,
      isasync: false,
      related: '',
      params: [{ name: 'id', description: 'The pod.', type: 'uuid', length: 36, required: true, related: 'listPods' }],
      response: [
        { name: 'success', type: 'boolean', description: 'True when it is done.' },
        { name: 'displaytext', type: 'string', description: 'What was done, when there is something to say.' },
      ],
    })
    const list = commands.find(({ name }) => name === 'listPods')
    expect(list && describeApi(list, commands).related).toBe('createPod,updatePod')
  })
})
