import type { Namespace } from '../namespace.ts'

/** From now on: who sends to an address in clear, by what arrives by the device `public`. */
export const watchClear = async (outside: Namespace, address: string): Promise<() => Promise<readonly string[]>> => {
  await outside.nft(`table ip clear
  delete table ip clear
  table ip clear {
    set sources { type ipv4_addr; flags dynamic; size 256; }
    chain arriving {
      type filter hook prerouting priority -300
      iifname "public" ip daddr ${address} add @sources { ip saddr }
    }
  }`)
  return async () => {
    const { stdout } = await outside.exec(['nft', 'list', 'set', 'ip', 'clear', 'sources'])
    return /elements = \{([^}]*)\}/.exec(stdout)?.[1]?.match(/[\d.]+/g) ?? []
  }
}
