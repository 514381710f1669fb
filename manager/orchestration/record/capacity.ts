import type { Kysely } from 'kysely'
import { type Condition, judgeConditions } from '../../model/alert-raise.ts'
import { type Capacity, findCapacity } from '../../model/capacity.ts'
import { allValuesOf } from '../../model/configuration.ts'
import type { Database } from '../../model/database.ts'
import { type SettingName, settings } from '../../model/settings/index.ts'

interface Watch {
  /** Of the capacity. */
  readonly type: Capacity['type']
  readonly alert: number
  readonly what: string
  readonly key: SettingName
  readonly level: 'zone' | 'cluster'
}

const watches: readonly Watch[] = [
  {
    ...{ type: 0, alert: 0, what: 'memory', level: 'cluster' },
    key: 'cluster.memory.allocated.capacity.notificationthreshold',
  },
  {
    ...{ type: 1, alert: 1, what: 'processors', level: 'cluster' },
    key: 'cluster.cpu.allocated.capacity.notificationthreshold',
  },
  {
    ...{ type: 4, alert: 4, what: 'public addresses', level: 'zone' },
    key: 'zone.virtualnetwork.publicip.capacity.notificationthreshold',
  },
  {
    ...{ type: 7, alert: 18, what: 'network identifiers', level: 'zone' },
    key: 'zone.vlan.capacity.notificationthreshold',
  },
]

const percent = (share: number): string => `${(share * 100).toFixed(2)}%`

/** Of one thing: that more of it is used than the operator likes, and that nothing is left. Pure. */
export const conditionsOf = (row: Capacity, watch: Watch, threshold: number): readonly Condition[] => {
  if (row.total === 0) return []
  const share = row.used / row.total
  const id = watch.level === 'cluster' ? row.cluster : row.zone
  const place = watch.level === 'cluster' ? `Cluster ${row.clustername}` : `Zone ${row.zonename}`
  const common = { type: watch.alert, zone: row.zone, pod: row.pod }
  const used = `${row.used} of ${row.total} are used`
  return [
    {
      ...{ ...common, subject: `${id}/used`, holds: share > threshold },
      name: `${place}: most ${watch.what} are used`,
      description: `${used}: ${percent(share)}, above ${percent(threshold)}.`,
    },
    {
      ...{ ...common, subject: `${id}/none`, holds: row.used >= row.total },
      name: `${place}: no ${watch.what} are left`,
      description: `${used}.`,
    },
  ]
}

/** Compares what is used with the thresholds; alerts are raised once, and resolved when there is room again. */
export const watchCapacity = async (db: Kysely<Database>): Promise<void> => {
  const values = await allValuesOf(
    db,
    watches.map(({ key }) => key),
  )
  const conditions: Condition[] = []
  for (const level of ['cluster', 'zone'] as const) {
    const rows = await findCapacity(db, { level })
    for (const watch of watches.filter((one) => one.level === level))
      for (const row of rows.filter(({ type }) => type === watch.type)) {
        const set = values.get(`${watch.key}/${row[level]}`) ?? values.get(watch.key) ?? settings[watch.key].fallback
        conditions.push(...conditionsOf(row, watch, Number(set)))
      }
  }
  if (conditions.length > 0) await judgeConditions(db, conditions)
}
