import type { Command } from '../command.ts'
import { createNetworkACL } from './create-network-acl.ts'
import { createNetworkACLList } from './create-network-acl-list.ts'
import { deleteNetworkACL } from './delete-network-acl.ts'
import { deleteNetworkACLList } from './delete-network-acl-list.ts'
import { listNetworkACLLists } from './list-network-acl-lists.ts'
import { listNetworkACLs } from './list-network-acls.ts'
import { moveNetworkAclItem } from './move-network-acl-item.ts'
import { replaceNetworkACLList } from './replace-network-acl-list.ts'
import { updateNetworkACLItem } from './update-network-acl-item.ts'
import { updateNetworkACLList } from './update-network-acl-list.ts'

export const networkaclCommands: readonly Command[] = [
  createNetworkACL,
  createNetworkACLList,
  deleteNetworkACL,
  deleteNetworkACLList,
  listNetworkACLLists,
  listNetworkACLs,
  moveNetworkAclItem,
  replaceNetworkACLList,
  updateNetworkACLItem,
  updateNetworkACLList,
]
