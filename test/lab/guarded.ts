import type { DiagnosticResult } from '@sysvm/agent/api'
import { expect } from 'vitest'
import { BRIDGES, type RealRouter } from './real-router.ts'

/** The router, 10.1.1.1 to its guests, reaches one only from addresses that its nic may have. */
export const proveGuard = async ({ host, machine, driver, ask }: RealRouter): Promise<void> => {
  await host.connection.run(['ip', 'link', 'add', 'peer0', 'type', 'veth', 'peer', 'name', 'peer1'])
  await host.connection.run(['ip', '-batch', '-'], {
    input: `link set peer0 master ${BRIDGES.guest} up\nlink set peer1 up\naddress add 10.1.1.77/24 dev peer1\n`,
  })
  const reaches = async () =>
    (await ask<DiagnosticResult>('POST', '/v1/diagnostics', { body: { kind: 'ping', target: '10.1.1.77' } })).ok
  const allow = (addresses?: readonly string[]) =>
    driver.ensureMachine({
      ...machine,
      nics: machine.nics.map((nic) => (nic.device === 'eth1' && addresses !== undefined ? { ...nic, addresses } : nic)),
    })
  expect(await reaches()).toBe(true)
  await allow(['10.1.1.9'])
  expect(await reaches()).toBe(false)
  await allow(['10.1.1.9', '10.1.1.1'])
  expect(await reaches()).toBe(true)
  await allow()
}
