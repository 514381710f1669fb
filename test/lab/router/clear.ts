import type { Namespace } from '../namespace.ts'

/** Counts what arrives for an address in clear by the device `public`, whoever it claims to be from. */
export const countClear = async (outside: Namespace, address: string): Promise<() => Promise<number>> => {
  await outside.nft(`table ip clear {
    counter arrived { }
    chain arriving {
      type filter hook prerouting priority -300
      iifname "public" ip daddr ${address} counter name "arrived"
    }
  }`)
  return async () => {
    const { stdout } = await outside.exec(['nft', 'list', 'counter', 'ip', 'clear', 'arrived'])
    return Number(/packets (\d+)/.exec(stdout)?.[1])
  }
}
