import type { Effects } from '@sysvm/agent/service'

/** What an element has counted. */
export interface Count {
  readonly packets: number
  readonly bytes: number
}

export interface LiveSet {
  readonly name: string
  /** Another one after the set was made anew: its counters began at zero. */
  readonly handle: number
  readonly counts: ReadonlyMap<string, Count>
}

interface Element {
  readonly elem?: { readonly val?: unknown; readonly counter?: Count }
}

interface Listing {
  readonly nftables: readonly {
    readonly set?: { readonly name: string; readonly handle: number; readonly elem?: readonly Element[] }
  }[]
}

/** Sets and their counters from what `nft -j list table` prints. Pure. */
export const readListing = (text: string): readonly LiveSet[] =>
  (JSON.parse(text) as Listing).nftables.flatMap(({ set }) =>
    set === undefined
      ? []
      : [
          {
            name: set.name,
            handle: set.handle,
            counts: new Map(
              (set.elem ?? []).flatMap((element) => {
                // An element that never counted may come as a bare address.
                const address = typeof element === 'string' ? element : element.elem?.val
                const { packets, bytes } = element.elem?.counter ?? { packets: 0, bytes: 0 }
                return typeof address === 'string' ? [[address, { packets, bytes }] as const] : []
              }),
            ),
          },
        ],
  )

/** The table as the kernel has it; nothing where there is none yet. */
export const readLive = async ({ run }: Effects): Promise<readonly LiveSet[]> => {
  const { stdout } = await run(['nft', '-j', 'list', 'tables'])
  if (!stdout.includes('"sysvm_accounting"')) return []
  return readListing((await run(['nft', '-j', 'list', 'table', 'inet', 'sysvm_accounting'])).stdout)
}
