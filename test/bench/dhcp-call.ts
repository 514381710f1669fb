import { createCloud, idOf } from '../e2e/cloud/index.ts'
import { percentile } from './bench.ts'

const SAMPLES = 3
const CLIENTS = 32

/** Milliseconds from the call that deploys a guest until it says its address: placement, commit, boot and lease. */
const callToLease = async (cloud: Awaited<ReturnType<typeof createCloud>>, network: string, name: string) => {
  const start = performance.now()
  const guest = await cloud.deploy(name, network)
  await cloud.fact(idOf(guest), 'address')
  return performance.now() - start
}

/** Medians by the number of guests that the network has already, in a whole cloud of containers. */
export const callsToLeases = async (sizes: readonly number[]): Promise<ReadonlyMap<number, number>> => {
  await using cloud = await createCloud('bench-dhcp-call', { driver: 'container' })
  const network = idOf(await cloud.network('n1', '10.1.0.1', '255.255.0.0'))
  // The first guest boots the router.
  await cloud.deploy('first', network)
  const found = new Map<number, number>()
  let guests = 1
  for (const size of sizes) {
    const queue = Array.from({ length: size - guests }, (_, index) => `g${guests + index}`)
    // Guests that were never started hold their addresses and reservations, too.
    const work = async () => {
      for (let name = queue.pop(); name !== undefined; name = queue.pop())
        await cloud.deploy(name, network, undefined, { startvm: false })
    }
    await Promise.all(Array.from({ length: CLIENTS }, work))
    const samples: number[] = []
    for (let index = 0; index < SAMPLES; index++)
      samples.push(await callToLease(cloud, network, `new-${size}-${index}`))
    guests = size + SAMPLES
    found.set(size, Math.round(percentile(samples, 0.5)))
  }
  return found
}
