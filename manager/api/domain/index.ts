import type { Command } from '../command.ts'
import { createDomain } from './create-domain.ts'
import { deleteDomain } from './delete-domain.ts'
import { listDomainChildren } from './list-domain-children.ts'
import { listDomains } from './list-domains.ts'
import { updateDomain } from './update-domain.ts'

export const domainCommands: readonly Command[] = [
  createDomain,
  deleteDomain,
  listDomainChildren,
  listDomains,
  updateDomain,
]
