import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Status } from '@sysvm/agent/api'
import { openHost } from '@sysvm/manager/hosts'
import { type ControlClient, openControlClient } from '@sysvm/manager/hosts/control'
import { type Cloud, idOf } from './index.ts'

/** The way to a router's agent with the manager's key but without the manager, which may be dead. */
export interface RouterControl extends AsyncDisposable {
  /** Each over a connection of its own. */
  open(): Promise<ControlClient>
  status(): Promise<Status>
}

export const routerControl = async (cloud: Cloud, network: string): Promise<RouterControl> => {
  const router = await cloud.router(network)
  const control = (await cloud.client.call('getRouterControl', { id: idOf(router) })).routercontrol as {
    readonly linklocal: string
    readonly hostkey: string
    readonly host: string
  }
  const privateKey = await readFile(join(cloud.manager.state, 'manager/keys/ssh_ed25519'), 'utf8')
  const host = cloud.hosts.find(({ url }) => url === control.host)
  if (host === undefined) throw new Error(`the router runs on ${control.host}, which is no host of this cloud`)
  const driver = openHost(host.url, { driver: cloud.driver, ...host.options(host.namespace) })
  const open = () => openControlClient(driver, { address: control.linklocal, hostKey: control.hostkey, privateKey })
  return {
    open,
    status: async () => {
      await using client = await open()
      return await client.request<Status>('GET', '/v1/status')
    },
    [Symbol.asyncDispose]: () => driver.close(),
  }
}
