import { parseHostUrl } from '@sysvm/manager/hosts'
import { expect, test } from 'vitest'

test.each([
  ['ssh://root@192.0.2.10:2222', { kind: 'ssh', user: 'root', host: '192.0.2.10', port: 2222 }],
  ['ssh://192.0.2.10', { kind: 'ssh', user: 'root', host: '192.0.2.10', port: 22 }],
  ['ssh://admin@[2001:db8::1]:22', { kind: 'ssh', user: 'admin', host: '2001:db8::1', port: 22 }],
  ['ssh://host-1.example.net', { kind: 'ssh', user: 'root', host: 'host-1.example.net', port: 22 }],
  [
    `ssh://192.0.2.10?hostkey=SHA256:${'a+/'.repeat(14)}b`,
    { kind: 'ssh', user: 'root', host: '192.0.2.10', port: 22, hostKey: `SHA256:${'a+/'.repeat(14)}b` },
  ],
  ['local:', { kind: 'local' }],
  ['local:?netns=sysvm-host', { kind: 'local', netns: 'sysvm-host' }],
  ['local:?pid=42', { kind: 'local', pid: 42 }],
  [
    'simulator:h-1?cpus=8&memory=4096&delay=20&boot=500&fail=0.01&address=192.0.2.1',
    {
      kind: 'simulator',
      name: 'h-1',
      cpus: 8,
      memoryMiB: 4096,
      delayMs: 20,
      bootMs: 500,
      fail: 0.01,
      address: '192.0.2.1',
    },
  ],
  ['simulator:h', { kind: 'simulator', name: 'h', cpus: 64, memoryMiB: 262144, delayMs: 0, bootMs: 0, fail: 0 }],
])('reads %s', (url, address) => {
  expect(parseHostUrl(url)).toEqual(address)
})

test.each([
  'root@192.0.2.10',
  'http://192.0.2.10',
  'ssh://root:secret@192.0.2.10',
  'ssh://192.0.2.10/path',
  'ssh://-oProxyCommand=x',
  'ssh://192.0.2.10?hostkey=MD5:00',
  'ssh://192.0.2.10?other=1',
  'local:/etc',
  'local:?netns=../x',
  'local:?netns=a b',
  'local:?pid=0',
  'local:?other=1',
  'simulator:',
  'simulator:../x',
  'simulator:h?fail=2',
  'simulator:h?cpus=1&cpus=2',
  'simulator:h?constructor=1',
  'simulator:h?address=010.0.0.1',
])('refuses %s', (url) => {
  expect(() => parseHostUrl(url)).toThrow(expect.objectContaining({ code: 'SYSVM_HOST_URL' }))
})

test('never repeats a password', () => {
  expect(() => parseHostUrl('ssh://root:secret@192.0.2.10')).toThrow(/^(?!.*secret)/)
})
