import type { Status } from '@sysvm/agent/api'
import { expect, it } from 'vitest'
import { createLab, until } from '../lab/index.ts'
import { startRouter } from './agent/container.ts'
import { inside } from './agent/inside.ts'

it('a first generation that nobody confirms leaves no open router behind', async () => {
  await using lab = await createLab('agent-first')
  const router = await startRouter(lab)
  await router.ready()
  await using control = await router.connect()
  await router.put(control, router.spec(1), 2)
  expect((await inside(router, 'cat', '/proc/sys/net/ipv4/ip_forward')).trim()).toBe('1')
  const status = await until('it has rolled back', async () => {
    const now = await control.request<Status>('GET', '/v1/status')
    return now.pending === null && now
  })
  expect(status).toMatchObject({ confirmed: null, lastFailure: { code: 'SYSVM_CONFIRM_TIMEOUT' } })
  // Its firewall is gone, so it must not forward between public, guests and control network.
  expect(await inside(router, 'nft', 'list', 'tables')).not.toContain('sysvm')
  expect((await inside(router, 'cat', '/proc/sys/net/ipv4/ip_forward')).trim()).toBe('0')
  expect(await inside(router, 'ip', '-4', '-o', 'address', 'show', 'dev', 'eth1')).toBe('')
  expect(await inside(router, 'ip', '-4', '-o', 'address', 'show', 'dev', 'eth2')).toBe('')

  // And what was undone can be done.
  await router.commit(router.spec(1))
  expect(await control.request('GET', '/v1/drift')).toEqual({ generation: 1, differences: [] })
  // User data is for the metadata process; the other daemons cannot read it.
  const read = ['cat', '/run/sysvm/live/metadata/instances.json']
  const as = (user: string) =>
    inside(router, 'setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', ...read)
  expect(await as('metadata')).toContain('instances')
  await expect(as('_kea')).rejects.toThrow(/Permission denied/)
})
