import { readdir, stat } from 'node:fs/promises'
import { messageOf } from '@sysvm/errors'
import { differences, list } from 'node-iptables'
import type { Drift } from '../api/index.ts'
import { groupId } from '../effects/group.ts'
import { readTextFile } from '../effects/index.ts'
import { modeOf, type RenderedFile } from '../service/index.ts'
import type { Generation } from './generation.ts'
import type { Machine } from './machine.ts'

type Difference = Drift['differences'][number]

const hasRights = async (path: string, file: RenderedFile): Promise<boolean> => {
  const { mode, gid } = await stat(path)
  return (mode & 0o777) === modeOf(file) && (file.group === undefined || gid === (await groupId(file.group)))
}

const fileDrift = async (generation: Generation, folder: string | undefined): Promise<Difference[]> => {
  if (folder === undefined) return [{ service: 'files', what: 'no generation is live' }]
  const found: Difference[] = []
  const expected = new Set<string>()
  for (const [service, { files }] of Object.entries(generation.rendered)) {
    for (const file of files) {
      const { path, text } = file
      expected.add(path)
      const live = await readTextFile(`${folder}/${path}`)
      if (live === undefined) found.push({ service, what: `file ${path} is missing` })
      else if (live !== text) found.push({ service, what: `file ${path} has other contents` })
      else if (!(await hasRights(`${folder}/${path}`, file))) {
        found.push({ service, what: `file ${path} has other permissions` })
      }
    }
  }
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    const path = `${entry.parentPath}/${entry.name}`.slice(folder.length + 1)
    if (!entry.isDirectory() && !expected.has(path)) found.push({ service: 'files', what: `file ${path} is not ours` })
  }
  return found
}

const netfilterDrift = async ({ ruleset }: Generation, { effects }: Machine): Promise<Difference[]> => {
  try {
    const live = await list({ run: effects.run, tables: ruleset.tables })
    return differences(ruleset, live).map((what) => ({ service: 'netfilter', what }))
  } catch (error) {
    return [{ service: 'netfilter', what: `the live ruleset cannot be read: ${messageOf(error)}` }]
  }
}

const serviceDrift = async (generation: Generation, { services, effects }: Machine): Promise<Difference[]> => {
  const found = await Promise.all(
    services
      .filter(({ name }) => generation.rendered[name] !== undefined)
      .map(async ({ name, drift }) => {
        try {
          const differences = await drift?.(generation.spec.services[name], effects)
          return (differences ?? []).map((what) => ({ service: name, what }))
        } catch (error) {
          return [{ service: name, what: `cannot be read: ${messageOf(error)}` }]
        }
      }),
  )
  return found.flat()
}

/** What differs between the live machine and the generation it should be in: the pending one, else the confirmed. */
export const driftOf = async (machine: Machine): Promise<Drift> => {
  const generation = machine.pending?.generation ?? machine.inForce
  if (generation === null) return { generation: 0, differences: [] }
  const found = await Promise.all([
    fileDrift(generation, await machine.live.current()),
    netfilterDrift(generation, machine),
    serviceDrift(generation, machine),
  ])
  return { generation: generation.generation, differences: found.flat() }
}
