import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MachineSpec } from '@sysvm/manager/hosts'
import type { HostState, SimulatedMachine } from '@sysvm/manager/hosts/simulator/state'
import type { Database } from '@sysvm/manager/model'
import type { Images } from '@sysvm/manager/orchestration/images/index'
import { type Kysely, sql } from 'kysely'
import { simulatedImages } from './cloud.ts'

/** Images that simulated hosts take: a manifest with a hash. */
export const fleetImages = async (folder: string): Promise<Images> => {
  const all = new Map<string, { hash: string; kind: 'system' | 'guest'; folder: string }>()
  for (const { hash, kind } of simulatedImages.all.values()) {
    const place = join(folder, hash)
    await mkdir(place, { recursive: true })
    await writeFile(join(place, 'manifest.json'), JSON.stringify({ hash }))
    all.set(hash, { hash, kind, folder: place })
  }
  const current = Object.fromEntries([...all.values()].map((image) => [image.kind, image]))
  return { all, current }
}

interface Placed {
  readonly host: string
  readonly id: string
  readonly name: string
  readonly kind: 'guest' | 'system'
}

/** What hosts hold whose machines run already, as the database says. */
export const writeFleet = async (db: Kysely<Database>, folder: string): Promise<number> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { rows } = await sql<Placed>`
    select host.name as host, guest.id, 'i-2-' || guest.number || '-VM' as name, 'guest' as kind
    from guest join host on host.id = guest.host where guest.state = 'Running'
    union all
    select host.name, router.id, 'r-' || router.number || '-VM', 'system' from router join host on host.id = router.host`.execute(
    db,
  )
  const images = [...simulatedImages.all.keys()]
  const hosts = Map.groupBy(rows, ({ host }) => host)
  for (const [host, placed] of hosts) {
    const machines: Record<string, SimulatedMachine> = {}
    for (const { id, name, kind } of placed) {
      const spec: MachineSpec = { name, uuid: id, kind, image: images[0] ?? '', cpus: 1, memoryMiB: 512, nics: [] }
      machines[name] = { spec, state: 'running', boots: 1, readyAt: 0 }
    }
    await writeFile(join(folder, `${host}.json`), JSON.stringify({ images, bridges: {}, machines } satisfies HostState))
  }
  return hosts.size
}
