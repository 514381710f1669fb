import { expect, test } from 'vitest'
import { createCloud, type Driver, idOf } from './index.ts'
import { fetchNeighbour } from './scripts.ts'

/** A network that spans hosts, on real machines of one driver. */
export const twoHostsSuite = (driver: Driver): void => {
  test(`one network across two hosts in ${driver} mode: guests on both reach each other by name`, async () => {
    await using cloud = await createCloud(`two-hosts-${driver}`, { driver, hosts: 2 })
    const network = idOf(await cloud.network('wide'))
    const first = await cloud.deploy('first', network)
    // The least loaded host comes first, so that four guests cannot all be beside the first one.
    let other = first
    for (const name of ['second', 'third', 'fourth']) {
      if (other.hostid === first.hostid) other = await cloud.deploy(name, network, fetchNeighbour('first'))
    }
    expect(other.hostid).not.toBe(first.hostid)
    expect(await cloud.fact(idOf(other), 'neighbour')).toBe('hello from first')
    for (const host of cloud.hosts) {
      const { stdout } = await host.connection.run(['ip', '-json', 'link', 'show', 'type', 'vxlan'])
      expect(JSON.parse(stdout)).toHaveLength(1)
    }
  })
}
