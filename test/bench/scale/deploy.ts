import type { openDatabase } from '@sysvm/manager/model'
import { sql } from 'kysely'
import { bigId } from '../../simulator/listcalls.ts'
import { round } from '../bench.ts'
import { type Child, call } from './child.ts'
import { soon } from './patience.ts'
import { CLIENTS } from './rates.ts'

const NETWORKS = 20
const GUESTS = 400

/** Guests on networks that are new too, from the first call to the last that runs. */
export const deploy = async (manager: Child, db: ReturnType<typeof openDatabase>) => {
  const list = async (command: string, object: string, params = {}) =>
    ((await call(manager, command, params))[object] as { id: string; forvpc?: boolean }[]) ?? []
  const zoneid = bigId('zone', 1)
  const offering = (await list('listNetworkOfferings', 'networkoffering', { forvpc: 'false' }))[0]?.id ?? ''
  const serviceofferingid = (await list('listServiceOfferings', 'serviceoffering'))[0]?.id ?? ''
  const templateid = (await list('listTemplates', 'template', { templatefilter: 'featured' }))[0]?.id ?? ''
  const networks: string[] = []
  for (let index = 0; index < NETWORKS; index++) {
    const params = { zoneid, networkofferingid: offering, name: `deployed-${index}`, displaytext: 'bench' }
    networks.push(((await call(manager, 'createNetwork', params)).network as { id: string }).id)
  }
  let next = 0
  const started = performance.now()
  const client = async (): Promise<void> => {
    for (let index = next++; index < GUESTS; index = next++)
      await call(manager, 'deployVirtualMachine', {
        ...{ zoneid, serviceofferingid, templateid },
        networkids: networks[index % NETWORKS] ?? '',
        name: `deployed-${index}`,
      })
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  const accepted = performance.now()
  await soon('every guest runs', async () => {
    const { rows } = await sql<{ left: number }>`
      select count(*)::int as left from async_job where cmd = 'deployVirtualMachine' and jobstatus = 0`.execute(db)
    return rows[0]?.left === 0
  })
  const { rows } = await sql<{ running: number }>`
    select count(*)::int as running from guest where name like 'deployed-%' and state = 'Running'`.execute(db)
  const seconds = (performance.now() - started) / 1000
  const failed = await sql<{ result: unknown }>`
    select jobresult as result from async_job where cmd = 'deployVirtualMachine' and jobstatus = 2 limit 1`.execute(db)
  if (failed.rows[0] !== undefined) console.error('not all were deployed:', failed.rows[0].result)
  return {
    running: rows[0]?.running ?? 0,
    accepted: round(GUESTS / ((accepted - started) / 1000)),
    deployed: round((rows[0]?.running ?? 0) / seconds),
  }
}
