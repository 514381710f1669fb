import type { Effects } from '@sysvm/agent/service'
import type { NatSpec } from './spec.ts'

const folder = '/proc/sys/net/netfilter'

/** How much is translated, and how full the table of connections is: a full one drops what is new. */
export const state = async ({ source, static: fixed, forwards }: NatSpec, { readFile }: Effects) => {
  const [tracked, most] = await Promise.all(
    ['nf_conntrack_count', 'nf_conntrack_max'].map((name) => readFile(`${folder}/${name}`)),
  )
  return {
    source: source.length,
    static: fixed.length,
    forwards: forwards.length,
    connections: { tracked: Number(tracked), most: Number(most) },
  }
}
