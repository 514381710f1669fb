import type { VpnInput } from '@sysvm/router/spec'

type Input = NonNullable<VpnInput['connections']>[number]

export const PSK = 'correct horse battery staple'

/** A tunnel of the base spec's router to another site; `number` tells several apart. */
export const connection = (number = 1, change: Partial<Input> = {}): Input => ({
  id: `site-${number}`,
  version: 'ikev2',
  local: { address: '198.51.100.5', subnets: ['10.1.1.0/24'] },
  remote: { gateway: `203.0.113.${number}`, subnets: [`10.200.${number}.0/24`] },
  ike: { proposals: ['aes256-sha256-modp2048'] },
  esp: { proposals: ['aes256-sha256-modp2048'] },
  psk: PSK,
  ...change,
})
