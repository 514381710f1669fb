import type { Effects } from '@sysvm/agent/service'
import { endFlows, type Flow, readFlows } from '../flows.ts'
import { readSite, type Site } from '../site.ts'
import type { FilterList, FilterRule } from './rule.ts'

/** What a rule says, without its name and its number. */
const contentOf = (rule: FilterRule): string => JSON.stringify({ ...rule, id: undefined, number: undefined })

/** Whether `after` can refuse what `before` let pass: it cannot where it only allows more. Pure. */
export const mayRefuse = (before: FilterList | undefined, after: FilterList | undefined): boolean => {
  if (before === undefined || after === undefined || before.otherwise !== after.otherwise) return before !== after
  const old = before.rules.map(contentOf)
  let kept = 0
  for (const rule of after.rules) {
    if (old[kept] === contentOf(rule)) kept += 1
    else if (rule.action === 'deny') return true
  }
  return kept < old.length
}

/** Ends the connections that are not allowed any more, in one pass over those that the kernel tracks. */
export const cutFlows = async (allowed: (site: Site) => (flow: Flow) => boolean, effects: Effects): Promise<void> => {
  const isAllowed = allowed(await readSite(effects))
  const [four, six] = await Promise.all([readFlows(effects), readFlows(effects, '--family', 'ipv6')])
  await endFlows(
    [...four, ...six].filter((flow) => !isAllowed(flow)),
    effects,
  )
}
