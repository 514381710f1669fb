import { nspawnCommand } from '@sysvm/manager/hosts/container/nspawn'
import { expect, test } from 'vitest'

const machine = {
  name: 'r-4-VM',
  uuid: '6f0d1a52-6bb5-4d61-9d0c-4f9b29d9f1e7',
  kind: 'system',
  image: 'a'.repeat(64),
  cpus: 1,
  memoryMiB: 256,
  nics: [{ mac: '0e:00:a9:fe:00:02', bridge: 'cloud0', device: 'eth0' }],
} as const
const files = { machine: '/state/machines/r-4-VM', root: '/state/images/a/rootfs', netns: 'sv-r-4-VM' }

test('a system VM has a read-only root, one writable folder and its boot parameters', () => {
  expect(nspawnCommand(machine, files)).toEqual([
    'systemd-nspawn',
    '--quiet',
    '--settings=no',
    '--boot',
    '--register=no',
    '--keep-unit',
    '--machine=r-4-VM',
    '--uuid=6f0d1a52-6bb5-4d61-9d0c-4f9b29d9f1e7',
    '--directory=/state/images/a/rootfs',
    '--network-namespace-path=/run/netns/sv-r-4-VM',
    '--console=read-only',
    '--link-journal=no',
    '--resolv-conf=off',
    '--timezone=off',
    '--capability=CAP_NET_ADMIN,CAP_NET_RAW,CAP_NET_BIND_SERVICE,CAP_SYS_ADMIN',
    '--read-only',
    '--bind=/state/machines/r-4-VM/state:/var/lib/sysvm',
    '--load-credential=sysvm.boot:/state/machines/r-4-VM/boot.json',
  ])
})

test('a guest gets no boot parameters and is asked to end the way busybox understands', () => {
  const words = nspawnCommand({ ...machine, kind: 'guest' }, files)
  expect(words).toContain('--kill-signal=SIGUSR2')
  expect(words.join(' ')).not.toMatch(/credential|--bind|--read-only|SYS_ADMIN/)
})
