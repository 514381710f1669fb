import type { ControlClient, World } from '../world.ts'

/** How long a connection that nobody uses stays open: longer than a burst of changes, and little for sshd to hold. */
const IDLE_MS = 60_000

export interface KeptAddress {
  readonly id: string
  readonly linklocal: string
  readonly host_key_public: string
}

interface Kept {
  readonly client: ControlClient
  /** Of the machine that it leads to: another one has another key. */
  readonly leadsTo: string
  readonly idle: NodeJS.Timeout
}

const memory = new WeakMap<World, Map<string, Kept>>()

const keptBy = (world: World): Map<string, Kept> => {
  const known = memory.get(world) ?? new Map<string, Kept>()
  memory.set(world, known)
  return known
}

const leadsTo = ({ linklocal, host_key_public }: KeptAddress): string => `${linklocal} ${host_key_public}`

const close = async ({ client, idle }: Kept): Promise<void> => {
  clearTimeout(idle)
  await client.close().catch(() => {})
}

/** The router's machine ends or starts anew: what led to it leads nowhere. With `client`, only if that is kept. */
export const forgetConnection = async (world: World, id: string, client?: ControlClient): Promise<void> => {
  const kept = keptBy(world).get(id)
  if (kept === undefined || (client !== undefined && kept.client !== client)) return
  keptBy(world).delete(id)
  await close(kept)
}

/** The open connection to the router, if there is one. */
export const keptConnection = (world: World, router: KeptAddress): ControlClient | undefined => {
  const kept = keptBy(world).get(router.id)
  if (kept === undefined || kept.leadsTo !== leadsTo(router)) return undefined
  kept.idle.refresh()
  return kept.client
}

/** Keeps a connection for the next question instead of any older one. */
export const keepConnection = async (world: World, router: KeptAddress, client: ControlClient): Promise<void> => {
  const idle = setTimeout(() => void forgetConnection(world, router.id, client), IDLE_MS).unref()
  const older = keptBy(world).get(router.id)
  keptBy(world).set(router.id, { client, leadsTo: leadsTo(router), idle })
  if (older !== undefined) await close(older)
}

/** Closes all, at the end of the manager. */
export const forgetConnections = async (world: World): Promise<void> => {
  await Promise.all([...keptBy(world).keys()].map((id) => forgetConnection(world, id)))
}
