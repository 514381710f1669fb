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
])('refuses %s', (url) => {
  expect(() => parseHostUrl(url)).toThrow(expect.objectContaining({ code: 'SYSVM_HOST_URL' }))
})

test('never repeats a password', () => {
  expect(() => parseHostUrl('ssh://root:secret@192.0.2.10')).toThrow(/^(?!.*secret)/)
})
