import type { RouterPart } from './part.ts'

export const firewall: RouterPart<'firewall', undefined> = {
  name: 'firewall',
  read: async () => undefined,
  // Of a VPC's tiers the ACLs decide.
  spec: ({ vpc, networks }) => ({
    egress: vpc !== undefined || networks.every(({ offering }) => offering.egressdefaultpolicy) ? 'allow' : 'deny',
  }),
}
