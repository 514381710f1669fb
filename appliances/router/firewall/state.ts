import type { Effects } from '@sysvm/agent/service'
import type { FirewallSpec } from './spec.ts'

interface Listing {
  readonly nftables: readonly {
    readonly counter?: { readonly name: string; readonly packets: number; readonly bytes: number }
  }[]
}

/** How many packets each kind of drop has taken, since the counter was made. */
export const state = async (
  _spec: FirewallSpec,
  { run }: Effects,
): Promise<Readonly<Record<string, { readonly packets: number; readonly bytes: number }>>> => {
  const { stdout } = await run(['nft', '-j', 'list', 'counters', 'table', 'inet', 'sysvm_filter'])
  const { nftables } = JSON.parse(stdout) as Listing
  return Object.fromEntries(
    nftables.flatMap(({ counter }) =>
      counter === undefined ? [] : [[counter.name, { packets: counter.packets, bytes: counter.bytes }]],
    ),
  )
}
