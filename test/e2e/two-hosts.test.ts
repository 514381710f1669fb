import { expect, test } from 'vitest'
import { createCloud, idOf } from './cloud/index.ts'
import { fetchNeighbour } from './cloud/scripts.ts'

test('one network across two hosts: guests on both reach each other by name and the router on one of them', async () => {
  await using cloud = await createCloud('two-hosts', { driver: 'container', hosts: 2 })
  const network = idOf(await cloud.network('wide'))
  const first = await cloud.deploy('first', network)
  const second = await cloud.deploy('second', network, fetchNeighbour('first'))
  const hosts = [await cloud.guest(idOf(first)), await cloud.guest(idOf(second))].map((guest) => guest.hostid)
  expect(new Set(hosts).size).toBe(2)
  expect(await cloud.fact(idOf(second), 'neighbour')).not.toBe('')
  const bridges = await Promise.all(
    cloud.hosts.map(
      async (host) => (await host.connection.run(['ip', '-j', '-d', 'link', 'show', 'type', 'vxlan'])).stdout,
    ),
  )
  for (const printed of bridges) expect(JSON.parse(printed)).toHaveLength(1)
})
