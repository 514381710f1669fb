interface Named {
  readonly ifname: string
  readonly address?: string
}

/**
 * Lines for `ip -batch` that give links the names of nics with their MAC address; none when they have them. A link
 * that is nobody's but has such a name, as the kernel may give to one plugged in, is named out of the way. Pure.
 */
export const renameCommands = (
  links: readonly Named[],
  nics: readonly { readonly mac: string; readonly device: string }[],
): readonly string[] => {
  const wrong = nics.flatMap(({ mac, device }) => {
    const link = links.find(({ address }) => address === mac)
    return link === undefined || link.ifname === device ? [] : [{ from: link.ifname, to: device }]
  })
  const inTheWay = links.filter(
    ({ ifname, address }) => wrong.some(({ to }) => to === ifname) && !nics.some(({ mac }) => mac === address),
  )
  // Through names that nothing has, because eth0 and eth1 may have to change places.
  const taken = new Set(links.map(({ ifname }) => ifname))
  const moved = [...wrong.map(({ from }) => from), ...inTheWay.map(({ ifname }) => ifname)]
  const free = Array.from({ length: taken.size + moved.length }, (_, index) => `sysvm-nic${index}`).filter(
    (name) => !taken.has(name),
  )
  return [
    ...moved.flatMap((from, index) => [`link set dev ${from} down`, `link set dev ${from} name ${free[index]}`]),
    ...wrong.map(({ to }, index) => `link set dev ${free[index]} name ${to}`),
  ]
}
