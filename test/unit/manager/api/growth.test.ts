import { commands } from '@sysvm/manager/api/commands'
import { grows } from '@sysvm/manager/api/growth'
import { expect, it } from 'vitest'

/** Verbs by which nobody gets anything: a new one belongs here or among those of growth. */
const OTHERS =
  /^(activate|archive|cancel|change|configure|dedicate|delete|destroy|disable|disassociate|enable|explain|expunge|find|generate|get|import|list|lock|login|logout|migrate|move|patch|prepare|query|reboot|reconnect|release|remove|replace|reset|restart|revoke|run|set|start|stop|suspend|update|upgrade)([A-Z]|$)/

it('is known of each command', () => {
  const verbs = commands.map(({ name }) => name).filter((name) => !OTHERS.test(name) && !grows(name))
  expect(verbs).toEqual(['addResourceDetail', 'createTags', 'createUser', 'registerUserKeys'])
})

it('is what has guests run, and not what stops them or keeps the cloud going', () => {
  const names = ['startVirtualMachine', 'rebootVirtualMachine', 'enableStaticNat', 'scaleVirtualMachine']
  expect(names.filter(grows)).toEqual(names)
  const others = ['startRouter', 'rebootRouter', 'restartNetwork', 'stopVirtualMachine', 'migrateVirtualMachine']
  expect(others.filter(grows)).toEqual([])
})
