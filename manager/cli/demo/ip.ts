import { existsSync } from 'node:fs'
import { runProcess } from '../../hosts/local/process.ts'

/** Runs iproute2's `ip`. */
export const ip = (...words: string[]): Promise<{ readonly stdout: string }> => runProcess(['ip', ...words])

export const hasNamespace = (name: string): boolean => existsSync(`/run/netns/${name}`)

export const ensureNamespace = async (name: string): Promise<void> => {
  // A file that is no namespace is what a kill between ip's two steps, or a reboot, leaves.
  const alive =
    hasNamespace(name) &&
    (await ip('-n', name, 'link').then(
      () => true,
      () => false,
    ))
  if (!alive) {
    await ip('netns', 'delete', name).catch(() => undefined)
    await ip('netns', 'add', name)
  }
  await ip('-n', name, 'link', 'set', 'lo', 'up')
}

interface Device {
  readonly ifname: string
  readonly master?: string
  readonly addr_info?: readonly { readonly local: string }[]
}

const devices = async (namespace: string): Promise<Device[]> =>
  JSON.parse((await ip('-n', namespace, '-json', 'address')).stdout) as Device[]

export const ensureBridge = async (namespace: string, name: string): Promise<void> => {
  if (!(await devices(namespace)).some((device) => device.ifname === name)) {
    await ip('-n', namespace, 'link', 'add', name, 'type', 'bridge')
  }
  await ip('-n', namespace, 'link', 'set', name, 'up')
}

export const ensureAddress = async (namespace: string, device: string, address: string): Promise<void> => {
  const [local] = address.split('/')
  const found = (await devices(namespace)).find((candidate) => candidate.ifname === device)
  if (found?.addr_info?.some((info) => info.local === local)) return
  await ip('-n', namespace, 'address', 'add', address, 'dev', device)
}

export interface End {
  readonly namespace: string
  readonly device: string
}

/** A veth pair between two namespaces, both ends up. One end without the other cannot be: the kernel keeps the pair. */
export const ensureLink = async (a: End, b: End): Promise<void> => {
  if (!(await devices(a.namespace)).some((device) => device.ifname === a.device)) {
    await ip('-n', a.namespace, 'link', 'add', a.device, 'type', 'veth', 'peer', 'name', b.device, 'netns', b.namespace)
  }
  await ip('-n', a.namespace, 'link', 'set', a.device, 'up')
  await ip('-n', b.namespace, 'link', 'set', b.device, 'up')
}
