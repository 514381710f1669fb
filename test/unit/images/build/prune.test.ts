import { modulesToKeep } from '@sysvm/images/build/prune'
import { expect, test } from 'vitest'

const DEP = `kernel/net/8021q/8021q.ko.xz: kernel/net/802/mrp.ko.xz
kernel/net/802/mrp.ko.xz:
kernel/net/802x/other.ko.xz:
kernel/drivers/net/tun.ko.xz:
kernel/drivers/net/tunnel.ko.xz:
kernel/drivers/net/vxlan/vxlan.ko.xz: kernel/net/ipv4/udp_tunnel.ko.xz
kernel/net/ipv4/udp_tunnel.ko.xz:
`

test('a folder, a module by name, and what they depend on are kept, and nothing else', () => {
  expect([...modulesToKeep(DEP, ['net/8021q', 'drivers/net/tun', 'drivers/net/vxlan'])].sort()).toEqual([
    'kernel/drivers/net/tun.ko.xz',
    'kernel/drivers/net/vxlan/vxlan.ko.xz',
    'kernel/net/802/mrp.ko.xz',
    'kernel/net/8021q/8021q.ko.xz',
    'kernel/net/ipv4/udp_tunnel.ko.xz',
  ])
})
