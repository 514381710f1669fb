import { readConfig } from '@sysvm/manager/config'
import { expect, it } from 'vitest'

it('has defaults for everything; an empty variable is unset', () => {
  expect(readConfig({ DATABASE_URL: '', PATH: '/bin' })).toEqual({
    folder: '/var/lib/sysvm/manager',
    images: 'images/out',
    imageKey: '/var/cache/sysvm/keys/image.ed25519.pub',
    api: { port: 8096, host: '127.0.0.1' },
    cloudApi: { port: 8080, host: '127.0.0.1', ifFree: true },
    logLevel: 'info',
    sweepSeconds: 5,
    commitSeconds: 1,
    jobSeconds: 900,
    bootSeconds: 180,
    guestMtu: 1450,
  })
})

it('names every mistake and repeats no secret', () => {
  const read = () => readConfig({ SYSVM_API_PORT: '99999', SYSVM_STATE: 'here', DATABASE_URL: 'mysql://u:hunter2@h' })
  expect(read).toThrow(expect.objectContaining({ code: 'SYSVM_CONFIG' }))
  expect(read).toThrow(/SYSVM_STATE.*SYSVM_API_PORT.*DATABASE_URL/)
  expect(read).not.toThrow(/hunter2/)
})

it('opens the integration port, which asks for no key, on loopback only', () => {
  for (const address of ['0.0.0.0', '::', '192.0.2.1', '::ffff:192.0.2.1', 'manager.example', '127.1'])
    expect(() => readConfig({ SYSVM_API_ADDRESS: address })).toThrow(/SYSVM_API_ADDRESS: is not a loopback address/)
  for (const address of ['127.0.0.1', '127.0.0.53', '::1'])
    expect(readConfig({ SYSVM_API_ADDRESS: address }).api.host).toBe(address)
})

it('takes proxies by address and by network', () => {
  const { proxies } = readConfig({ SYSVM_CLOUD_API_PROXIES: '192.0.2.0/24, 2001:db8::1' }).cloudApi ?? {}
  expect(['192.0.2.7', '192.0.3.1'].map((address) => proxies?.check(address))).toEqual([true, false])
  expect(proxies?.check('2001:db8::1', 'ipv6')).toBe(true)
  for (const wrong of ['192.0.2.0/33', 'proxy.example', '192.0.2.1,,', '192.0.2.0/24/1'])
    expect(() => readConfig({ SYSVM_CLOUD_API_PROXIES: wrong })).toThrow(/SYSVM_CLOUD_API_PROXIES/)
})
